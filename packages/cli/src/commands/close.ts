import { findTrade } from '@ballast/db';
import { ask, until } from '../ask.ts';
import { Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';
import { readTradeId } from '../trade-id.ts';

/** A market close at a venue that answers takes well under a second; recovery may be under way. */
const CLOSE_WAIT_MS = 30_000;

/** Asks the gateway to close a trade and waits until it has ended. @throws Failure */
export async function close(platform: Platform, text: string, reason: string): Promise<Report> {
  const { db, access } = platform;
  const tradeId = readTradeId(text);
  const read = () => findTrade(db, access.account, tradeId);
  const before = await read();
  if (before === null)
    throw new Failure('TRADE_UNKNOWN', `no trade ${tradeId} in ${access.account}`);
  if (before.endedAt !== null) {
    throw new Failure('TRADE_ENDED', `trade ${tradeId} has ended already: ${before.status}`);
  }
  const taken = await ask(platform, { type: 'closeTrade', body: { tradeId, reason } });
  const ended = await until(taken.takenAt + CLOSE_WAIT_MS, async () => {
    const trade = await read();
    return trade === null || trade.endedAt === null ? null : trade;
  });
  const status = (ended ?? (await read()))?.status ?? 'unknown';
  const data = { tradeId, commandId: taken.commandId, status, waitedAtMostMs: CLOSE_WAIT_MS };
  if (ended !== null) return { ok: true, data, lines: [`trade ${tradeId} is ${status}`] };
  const line = `command taken, trade ${tradeId} still ${status} after ${CLOSE_WAIT_MS} ms`;
  return {
    ok: false,
    data: { ...data, error: { code: 'NOT_CLOSED_YET', message: line } },
    lines: [line],
  };
}
