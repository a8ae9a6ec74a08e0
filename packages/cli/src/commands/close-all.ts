import { findTrade, listTrades, UNATTRIBUTED } from '@ballast/db';
import { ask, until } from '../ask.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/** Market closes at a venue that answers take well under a second; recovery may be under way. */
const CLOSE_WAIT_MS = 30_000;
const TRADES_MAX = 200;

/** Asks the gateway to close every open trade and waits until they have ended. @throws Failure */
export async function closeAll(platform: Platform, reason: string): Promise<Report> {
  const { db, access } = platform;
  const read = () => listTrades(db, access.account, { limit: TRADES_MAX, open: true });
  const { commandId, takenAt } = await ask(platform, { type: 'closeAll', body: { reason } });
  // A trade that opened after the command was taken is not one of those that it closes.
  // What Ballast did not do is nothing that it would close.
  const left = async () =>
    (await read()).filter(
      ({ createdAt, origin }) => createdAt <= takenAt && origin !== UNATTRIBUTED,
    );
  const asked = (await left()).map(({ id }) => id);
  const done = await until(takenAt + CLOSE_WAIT_MS, async () =>
    (await left()).length === 0 ? true : null,
  );
  const trades = await Promise.all(asked.map((id) => findTrade(db, access.account, id)));
  const rows = trades.flatMap((trade) => {
    if (trade === null) return [];
    const { id, instrument, status, endReason, realisedCum } = trade;
    return [{ tradeId: id, instrument, status, endReason, realisedCum }];
  });
  const lines = rows.map((row) => `${row.tradeId} ${row.instrument} ${row.status}`);
  const data = { commandId, trades: rows, waitedAtMostMs: CLOSE_WAIT_MS };
  if (done !== null) {
    return { ok: true, data, lines: lines.length === 0 ? ['nothing is open'] : lines };
  }
  const message = `command taken, but trades were still open after ${CLOSE_WAIT_MS} ms`;
  return {
    ok: false,
    data: { ...data, error: { code: 'NOT_CLOSED_YET', message } },
    lines: [message, ...lines],
  };
}
