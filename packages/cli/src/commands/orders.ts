import { foreignOrders } from '@ballast/db';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

/**
 * Open orders at the venue that Ballast did not make, as of the last sweep. With `expect` ok only
 * when there are just so many.
 */
export async function orphans(
  { access, db }: Platform,
  expect: string | undefined,
): Promise<Report> {
  const expected = expect === undefined ? null : readCount(expect);
  const rows = await foreignOrders(db, access.account);
  const count = rows.length;
  const said = expected === null || expected === count ? '' : `, expected ${expected}`;
  return {
    ok: said === '',
    data: { orphans: rows, count, expected },
    lines: [
      `orders that are not ours: ${count}${said}`,
      ...rows.map((row) => {
        const what = `${row.instrument} ${row.side} ${row.quantity}`;
        const id = row.clientOrderId === '' ? '' : ` (${row.clientOrderId})`;
        return `${timeText(row.seenAt)} ${what} venue order ${row.venueOrderId}${id}`;
      }),
    ],
  };
}

function readCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new Failure('COUNT_MALFORMED', `--expect wants a number: ${text}`, EXIT.usage);
}
