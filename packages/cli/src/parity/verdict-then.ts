import {
  brakeAt,
  type Database,
  equityAt,
  firstWatchedSignal,
  gapsKnownAt,
  lastAskedBefore,
  regimeKnownAt,
  type StoredSignal,
  switchesInForce,
  systemSettingsInForce,
  tradesOpenAt,
  valueAsOf,
} from '@ballast/db';
import {
  decisionTime,
  type Gate,
  type Instrument,
  type MicrostructureKind,
  type Money,
} from '@ballast/domain';
import {
  BITCOIN,
  type Facts,
  type GateConfiguration,
  type GateRefusal,
  judge,
  regimeNamed,
  regimeOf,
  strategyNamed,
  withSettings,
} from '@ballast/strategies';
import type { AskedThen } from './limits-then.ts';
import { saidBy } from './same-opinion.ts';
import { sizedAtClose, type SizingTerms } from './size-then.ts';

/** As the gates' facts have it. */
const UNKNOWN = 'unknown';
const WITH_FUNDING = /^[a-z]+\.linear:/;

export type VerdictThen = { readonly asked: AskedThen } & (
  | { readonly kind: 'allowed'; readonly equity: Money | null }
  | { readonly kind: 'blocked'; readonly gate: Gate; readonly refusal: GateRefusal }
);

/**
 * The gates once more, over what was known when the signal was decided on, and the size. What
 * nobody has kept is not asked: the quote of that moment, and what the account held in money.
 */
export async function verdictThen(
  db: Database,
  signal: StoredSignal,
  about: {
    readonly account: string;
    readonly instrument: Instrument;
    readonly gates: GateConfiguration;
    readonly terms: SizingTerms;
  },
): Promise<VerdictThen> {
  const { all } = await systemSettingsInForce(db, signal.decidedAt);
  const configuration = withSettings(about.gates, all);
  const facts = await factsThen(db, signal, { ...about, configuration });
  const asked = { facts, configuration };
  const judgement = judge(facts, configuration);
  if (judgement.kind === 'blocked') {
    return { kind: 'blocked', gate: judgement.gate, refusal: judgement.refusal, asked };
  }
  const equity = await equityAt(db, about.account, signal.decidedAt);
  const sized = sizedAtClose(signal, { ...about, equity });
  if (sized.kind === 'sized') return { kind: 'allowed', equity, asked };
  const { input, threshold } = sized;
  const refusal = { input, threshold, settingsId: null, regime: regimeOf(facts) };
  return { kind: 'blocked', gate: 'sizing', refusal, asked };
}

async function factsThen(
  db: Database,
  signal: StoredSignal,
  about: {
    readonly account: string;
    readonly instrument: Instrument;
    readonly configuration: GateConfiguration;
  },
): Promise<Facts> {
  const { decidedAt: now, strategy } = signal;
  const { account, instrument, configuration } = about;
  const { id } = instrument;
  const { barOpenTime } = signal;
  const { coverageMs } = configuration.limits;
  const from = Math.min(now - coverageMs, barOpenTime);
  const minutes = { instrument: id, timeframe: '1m', from, at: now } as const;
  const gaps = coverageMs === 0 ? [] : await gapsKnownAt(db, minutes);
  const switches = await switchesInForce(db, now);
  const buySwitch = switches.find((row) => row.strategy === strategy) ?? null;
  const waiver = buySwitch?.override === true ? buySwitch.reason : null;
  const regime = await regimeKnownAt(db, BITCOIN, now);
  const open = await tradesOpenAt(db, account, now);
  const known = <T>(value: T) => ({ at: now, value });
  const lastAsk = {
    strategy: await lastAskedBefore(db, signal, strategy),
    any: await lastAskedBefore(db, signal, null),
  };
  const watchedSince = waiver === null ? await firstWatchedSignal(db, strategy, now) : null;
  return {
    ...{ now, strategy: strategyNamed(strategy).name, direction: saidBy(signal).direction },
    ...{ session: instrument.session, ...(await crowdThen(db, id, now)) },
    barCloseTime: decisionTime(strategyNamed(strategy).timeframe, instrument.session, barOpenTime),
    buySwitch: known(buySwitch),
    soak: known({ watchedSince, waiver }),
    regime: regime === null ? UNKNOWN : { at: regime.knownAt, value: regimeNamed(regime.regime) },
    gaps: known(gaps),
    ...{ quote: UNKNOWN, exposure: UNKNOWN, lastAsk: known(lastAsk) },
    openTrades: known({
      inAccount: open.length,
      inInstrument: open.find((trade) => trade.instrument === id)?.id ?? null,
    }),
    brake: known(await brakeAt(db, account, now)),
  };
}

async function crowdThen(
  db: Database,
  instrument: Instrument['id'],
  now: number,
): Promise<Pick<Facts, 'longAccountShare' | 'takerBuyShare' | 'fundingRate'>> {
  if (!WITH_FUNDING.test(instrument)) {
    const none = { longAccountShare: UNKNOWN, takerBuyShare: UNKNOWN } as const;
    return { fundingRate: { at: now, value: null }, ...none };
  }
  const ask = (kind: MicrostructureKind) => valueAsOf(db, { instrument, kind, at: now, asOf: now });
  const numberOf = (found: Awaited<ReturnType<typeof ask>>): Facts['longAccountShare'] =>
    found === null ? UNKNOWN : { at: found.at, value: Number(found.value) };
  const [bought, sold] = [await ask('taker-buy-volume'), await ask('taker-sell-volume')];
  const [buys, sells] = [Number(bought?.value), Number(sold?.value)];
  const isPair = bought !== null && bought.at === sold?.at && buys + sells > 0;
  return {
    fundingRate: numberOf(await ask('funding-rate')),
    longAccountShare: numberOf(await ask('long-account-share')),
    takerBuyShare: isPair ? { at: bought.at, value: buys / (buys + sells) } : UNKNOWN,
  };
}
