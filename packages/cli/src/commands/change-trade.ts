import { loadTradeRecord, type OrderSummary } from '@ballast/db';
import { fractionText, someQuantityText, stopLevelText, type TradeId } from '@ballast/domain';
import { type Asked, ask, until } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';
import { readTradeId } from '../trade-id.ts';

/** An exchange of orders at a venue that answers takes well under a second. */
const SETTLE_WAIT_MS = 30_000;
/** Neither on its way to the venue nor back, nor being asked for. */
const SETTLED: ReadonlySet<string> = new Set([
  'working',
  'filled',
  'cancelled',
  'rejected',
  'expired',
]);

/** Moves a trade's stops to a price, or to the entry price. @throws Failure */
export function moveStop(to: Platform, id: string, level: string, reason: string): Promise<Report> {
  const asked = level === 'break-even' ? 'breakEven' : level;
  refuseUnless(stopLevelText.safeParse(asked).success, 'LEVEL_MALFORMED', `no price: "${level}"`);
  const tradeId = readTradeId(id);
  return change(to, tradeId, { type: 'moveStop', body: { tradeId, level: asked, reason } });
}

/** Closes a part of a trade at market. @throws Failure */
export function scaleOut(
  to: Platform,
  id: string,
  { quantity, fraction }: { quantity?: string; fraction?: string },
  reason: string,
): Promise<Report> {
  const tradeId = readTradeId(id);
  const isOne = (quantity === undefined) !== (fraction === undefined);
  refuseUnless(isOne, 'USAGE', 'give either --quantity or --fraction');
  if (quantity !== undefined) {
    const valid = someQuantityText.safeParse(quantity).success;
    refuseUnless(valid, 'QUANTITY_MALFORMED', `no quantity: "${quantity}"`);
    return change(to, tradeId, { type: 'scaleOut', body: { tradeId, quantity, reason } });
  }
  const part = fraction ?? '';
  const valid = fractionText.safeParse(part).success;
  refuseUnless(valid, 'FRACTION_MALFORMED', `above 0 and at most 1, not "${part}"`);
  return change(to, tradeId, { type: 'scaleOut', body: { tradeId, fraction: part, reason } });
}

/** Cancels what of a trade's entry has not been filled. @throws Failure */
export function cancelEntry(to: Platform, id: string, reason: string): Promise<Report> {
  const tradeId = readTradeId(id);
  return change(to, tradeId, { type: 'cancelEntry', body: { tradeId, reason } });
}

/** Asks for the change and waits until every order of the trade is at rest again. */
async function change(to: Platform, tradeId: TradeId, asked: Asked): Promise<Report> {
  const { db, access } = to;
  const read = () => loadTradeRecord(db, access.account, tradeId);
  if ((await read()) === null) {
    throw new Failure('TRADE_UNKNOWN', `no trade ${tradeId} in ${access.account}`);
  }
  const { commandId, takenAt } = await ask(to, asked);
  const settled = await until(takenAt + SETTLE_WAIT_MS, async () => {
    const record = await read();
    return record?.orders.every(({ status }) => SETTLED.has(status)) === true ? record : null;
  });
  const record = settled ?? (await read());
  const status = record?.trade.status ?? 'unknown';
  const working = record?.orders.filter((order) => order.status === 'working') ?? [];
  const data = { tradeId, commandId, status, working, waitedAtMostMs: SETTLE_WAIT_MS };
  if (settled !== null) {
    return { ok: true, data, lines: [`trade ${tradeId} is ${status}`, ...working.map(lineOf)] };
  }
  const message = `command taken, but orders were still on their way after ${SETTLE_WAIT_MS} ms`;
  return {
    ok: false,
    data: { ...data, error: { code: 'NOT_SETTLED_YET', message } },
    lines: [message],
  };
}

function lineOf({ role, side, quantity, filledQuantityCum, triggerPrice, price }: OrderSummary) {
  const at = [triggerPrice, price].filter((level) => level !== null).join(' limit ');
  const filled = filledQuantityCum === '0' ? '' : `, ${filledQuantityCum} filled`;
  return `  ${role} ${side} ${quantity} at ${at || 'market'}${filled}`;
}

function refuseUnless(holds: boolean, code: string, message: string): void {
  if (!holds) throw new Failure(code, message, EXIT.usage);
}
