import {
  brakeInForce,
  type Database,
  firstWatchedSignal,
  lastAskedAt,
  loadOpenTradeStates,
  newestBalance,
  regimeKnownAt,
  switchesInForce,
  unfinishedTrade,
} from '@ballast/db';
import {
  decisionTime,
  type Instrument,
  type Money,
  type Quote,
  type Signal,
} from '@ballast/domain';
import { BITCOIN, type Facts, type GateConfiguration, regimeNamed } from '@ballast/strategies';
import { crowdFacts } from './crowd-facts.ts';
import { exposureFact } from './exposure-fact.ts';
import { missingMinutes } from './gap-fact.ts';

export type Gathered = {
  readonly facts: Facts;
  /** Of the newest snapshot; null when there is none. */
  readonly equity: Money | null;
};

/** Everything the gates look at, as it was when the signal was decided on. */
export async function gatherFacts(
  { db, account }: { readonly db: Database; readonly account: string },
  signal: Signal,
  about: {
    readonly instrument: Instrument;
    readonly quote: Quote | null;
    readonly limits: GateConfiguration['limits'];
    /** Minutes that the signal's bar was made without. */
    readonly missing: number;
  },
): Promise<Gathered> {
  const { instrument: id, strategy, direction, decidedAt: now } = signal;
  const { instrument, quote, limits, missing } = about;
  const { coverageMs } = limits;
  const [switches, regime, gaps, openStates, unfinished, byStrategy, byAny, balance, brake, crowd] =
    await Promise.all([
      switchesInForce(db, now),
      regimeKnownAt(db, BITCOIN, now),
      missingMinutes(db, signal, { coverageMs, missing }),
      loadOpenTradeStates(db, account),
      unfinishedTrade(db, account, id),
      lastAskedAt(db, id, strategy),
      lastAskedAt(db, id, null),
      newestBalance(db, account),
      brakeInForce(db, account),
      crowdFacts(db, id, now),
    ]);
  const buySwitch = switches.find((row) => row.strategy === strategy) ?? null;
  const waiver = buySwitch?.override === true ? buySwitch.reason : null;
  const watchedSince = waiver === null ? await firstWatchedSignal(db, strategy, now) : null;
  const equity = balance?.equity ?? null;
  const known = <T>(value: T) => ({ at: now, value });
  const facts: Facts = {
    ...{ now, strategy, direction, session: instrument.session, ...crowd },
    barCloseTime: decisionTime(signal.timeframe, instrument.session, signal.barOpenTime),
    buySwitch: known(buySwitch),
    soak: known({ watchedSince, waiver }),
    regime: regime === null ? 'unknown' : { at: regime.knownAt, value: regimeNamed(regime.regime) },
    gaps: known(gaps),
    quote: quote === null ? known(null) : { at: quote.receivedTime, value: bestPrices(quote) },
    lastAsk: known({ strategy: byStrategy, any: byAny }),
    openTrades: known({ inAccount: openStates.length, inInstrument: unfinished }),
    exposure: exposureFact(openStates, { equity, instrument, strategy, quote, now }),
    brake: known(brake),
  };
  return { facts, equity };
}

/** A side without a price comes as "" or "0"; both are 0. */
function bestPrices({ bid, ask }: Quote): { readonly bid: number; readonly ask: number } {
  return { bid: Number(bid), ask: Number(ask) };
}
