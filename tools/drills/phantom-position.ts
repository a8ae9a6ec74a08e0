import { FREEZING, type incidents, pages } from '@ballast/db';
import { type InstrumentId, parseInstrumentId } from '@ballast/domain';
import { placeByHand } from './by-hand.ts';
import { Claims, type Drill, DrillUsage } from './drill.ts';
import { tally } from './tally.ts';
import { BTC, ETH, SOL, startTrading, SWEEP_EVERY_MS, type Trading } from './trading.ts';
import { until } from './until.ts';

const MARKETS: readonly InstrumentId[] = [BTC, ETH, SOL];
const QUANTITY = { [BTC]: '0.02', [ETH]: '0.5', [SOL]: '3' };
/** One sweep, and the second look with which it confirms. */
const WITHIN_MS = SWEEP_EVERY_MS + 2_000;

/**
 * Somebody buys at the venue with the account's own key: that instrument is frozen within a sweep,
 * with the evidence on record, while the others trade on; it thaws once that position is gone and
 * the operator has said what it was.
 */
export const phantomPosition: Drill = async (options, say) => {
  const instrument = chosen(options.instrument ?? SOL);
  const other = instrument === ETH ? BTC : ETH;
  const trading = await startTrading();
  const claims = new Claims(say);
  try {
    const before = await trading.openProtected({ instrument: other, quantity: quantityOf(other) });
    const frozenAfterMs = await buyAndFreeze(trading, instrument, claims);
    await othersTradeOn(trading, { instrument, other, tradeId: before.tradeId }, claims);
    await thaw(trading, instrument, claims);
    const after = await tally(trading);
    claims.claim(
      'ledger equals venue, flat, audit whole',
      after.duplicates + after.lost + after.faults.length === 0,
      after,
    );
    const { held, failures, ok } = claims;
    return { ok, instrument, frozenAfterMs, claims: held, failures, ...after };
  } finally {
    await trading.stop();
  }
};

function chosen(text: string): InstrumentId {
  let instrument: InstrumentId | null = null;
  try {
    instrument = parseInstrumentId(text.includes(':') ? text : `bybit.linear:${text}`);
  } catch {
    instrument = null;
  }
  if (instrument !== null && MARKETS.includes(instrument)) return instrument;
  throw new DrillUsage(`--instrument ${text}: must be one of ${MARKETS.join(', ')}`);
}

const quantityOf = (instrument: InstrumentId): string => QUANTITY[instrument] ?? '1';

async function buyAndFreeze(
  trading: Trading,
  instrument: InstrumentId,
  claims: Claims,
): Promise<number> {
  const { ledger } = trading;
  await placeByHand(trading, { instrument, side: 'Buy', quantity: quantityOf(instrument) });
  const boughtAt = Date.now();
  const incident = await until('an incident that freezes', async () => {
    return (await ledger.incidents(instrument)).find(isFreezing) ?? null;
  });
  const frozenAfterMs = Math.max(0, incident.openedAt - boughtAt);
  claims.claim('frozen within one sweep', frozenAfterMs <= WITHIN_MS, frozenAfterMs);
  const evidence = JSON.stringify(incident.evidence);
  claims.claim('the evidence is on record', evidence.includes(instrument), evidence);
  const paged = (await trading.db.select().from(pages)).map(({ incidentId }) => incidentId);
  claims.claim('a page to the operator is stored', paged.includes(incident.id), paged);
  return frozenAfterMs;
}

/** Open, and not lifted by the operator. */
function isFreezing(incident: (typeof incidents)['$inferSelect']): boolean {
  const { kind, resolvedAt, thawedAt } = incident;
  return FREEZING.includes(kind) && resolvedAt === null && thawedAt === null;
}

async function othersTradeOn(
  trading: Trading,
  {
    instrument,
    other,
    tradeId,
  }: Record<'instrument' | 'other', InstrumentId> & { tradeId: string },
  claims: Claims,
): Promise<void> {
  const { ledger, operator } = trading;
  await trading.takesRisk();
  const refused = await trading.open({ instrument, quantity: quantityOf(instrument) });
  const why = await ledger.ended(refused.tradeId);
  claims.claim('nothing new is let into it', why.includes('INSTRUMENT_FROZEN'), why);
  await operator.ask({ type: 'closeTrade', body: { tradeId, reason: 'drill' } });
  const ended = await ledger.ended(tradeId);
  claims.claim('a trade elsewhere goes on to its end', ended.startsWith('CLOSE'), ended);
  const next = await trading.openProtected({ instrument: other, quantity: quantityOf(other) });
  await trading.pass(next, 'target');
  const how = await ledger.ended(next.tradeId);
  claims.claim('a new trade elsewhere opens and ends', how === 'TARGET', how);
  const open = await ledger.incidents(other);
  claims.claim('nothing else is frozen', !open.some(isFreezing), open);
}

/** By proof, not by time: as long as the position is there, nothing lifts the freeze. */
async function thaw(trading: Trading, instrument: InstrumentId, claims: Claims): Promise<void> {
  const { ledger, operator, broker } = trading;
  const frozen = async (): Promise<boolean> =>
    (await ledger.incidents(instrument)).some(isFreezing);
  claims.claim('frozen as long as the position is there', await frozen());
  await placeByHand(trading, { instrument, side: 'Sell', quantity: quantityOf(instrument) });
  await until('the venue is flat', async () => {
    return (await broker.positions()).every(({ quantity }) => quantity === 0n);
  });
  const body = { instrument, reason: 'bought and sold by hand' };
  await until(
    'ledger and venue are found equal, and what was done by hand is settled',
    async () => {
      if (!(await frozen())) return true;
      const id = await operator.ask({ type: 'settleUnattributed', body });
      return until('an answer', async () => {
        const code = await ledger.refusal(id);
        return code !== null ? { code } : !(await frozen()) && { code: null };
      }).then(({ code }) => code === null);
    },
  );
  claims.claim("thawed on proof and the operator's word", !(await frozen()));
  await trading.takesRisk();
  const again = await trading.openProtected({ instrument, quantity: quantityOf(instrument) });
  await trading.pass(again, 'target');
  const ended = await ledger.ended(again.tradeId);
  claims.claim('it trades again', ended === 'TARGET', ended);
}
