import { findTrade, openIncidents } from '@ballast/db';
import { readInstrumentId } from '../arguments.ts';
import { ask } from '../ask.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';
import { readTradeId } from '../trade-id.ts';

/**
 * Explains what Ballast did not do in an instrument: it has reduced `toTrade`, else what is left of
 * it is the operator's.
 * @throws Failure NOTHING_UNATTRIBUTED, NOT_RECONCILED; with a trade also NOT_A_REDUCTION,
 * QUANTITY_ABOVE_OPEN, TRADE_UNKNOWN, TRADE_ENDED
 */
export async function settle(
  to: Platform,
  text: string,
  reason: string,
  toTrade?: string,
): Promise<Report> {
  const instrument = readInstrumentId(text);
  const type = 'settleUnattributed';
  if (toTrade === undefined) {
    return answered(to, type, instrument, await ask(to, { type, body: { instrument, reason } }));
  }
  const tradeId = readTradeId(toTrade);
  const taken = await ask(to, { type, body: { instrument, reason, tradeId } });
  const { data, lines } = await answered(to, type, instrument, taken);
  const trade = await findTrade(to.db, to.access.account, tradeId);
  const { status = 'unknown', quantity = 'unknown', endReason = null } = trade ?? {};
  const ended = endReason === null ? '' : `: ${endReason}`;
  return {
    ok: true,
    data: { ...data, trade: { tradeId, status, quantity, endReason } },
    lines: [...lines, `trade ${tradeId} is ${status}${ended}, holds ${quantity}`],
  };
}

/** Lifts the freeze of a drift until its numbers change. @throws Failure NOT_FROZEN */
export async function thaw(to: Platform, text: string, reason: string): Promise<Report> {
  const instrument = readInstrumentId(text);
  const type = 'thawInstrument';
  return answered(to, type, instrument, await ask(to, { type, body: { instrument, reason } }));
}

/** That it was taken, and what is still open in the instrument. */
async function answered(
  platform: Platform,
  type: 'settleUnattributed' | 'thawInstrument',
  instrument: string,
  { commandId }: { readonly commandId: string },
) {
  const open = await openIncidents(platform.db, platform.access.account);
  const left = open
    .filter((incident) => incident.instrument === instrument)
    .map(({ kind, detail, thawedBy }) => ({ kind, detail, thawedBy }));
  const lines = left.map(
    ({ kind, detail, thawedBy }) =>
      `open: ${kind} ${detail}${thawedBy === null ? '' : ` (thawed by ${thawedBy})`}`,
  );
  return {
    ok: true,
    data: { commandId, instrument, openIncidents: left },
    lines: [`taken: ${type} ${instrument}`, ...lines],
  };
}
