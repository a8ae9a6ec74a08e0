import { followSignal, type FollowedSignalEnd, type Series } from '@ballast/backtest-core';
import {
  type CounterfactualRow,
  type Database,
  equityAt,
  loadInstruments,
  saveCounterfactual,
  type SignalPlace,
  unsettledSignals,
} from '@ballast/db';
import {
  type Instrument,
  InvalidInput,
  parseScaled,
  parseUuid,
  type SignalId,
} from '@ballast/domain';
import { strategyNamed } from '@ballast/strategies';
import { z } from 'zod';
import { codeOf, reasonOf } from '../reason-of.ts';
import { termsOf } from './counterfactual-terms.ts';
import { hashOfSeries, seriesAround } from './signal-series.ts';

/** Signals of one call. */
const BATCH_MAX = 50;
/** Most trades end soon: more bars are read for those that do not. */
const FIRST_BARS = 400;
/** A bar that is missing so long after its signal does not come any more. */
const GIVE_UP_MS = 7 * 86_400_000;
const NO_BARS = '';

type Stored = Awaited<ReturnType<typeof unsettledSignals>>[number];

export type SettleOptions = {
  readonly account: string;
  /** Part of the equity that the worker risks on a trade, scale 18. */
  readonly riskFraction: bigint;
  /** Where the call before has come to; null begins with the oldest. */
  readonly after: SignalPlace | null;
  /** Ends it after the signal at hand. */
  readonly signal?: AbortSignal;
};

/** As the worker has it where nobody says otherwise. */
export const SETTLE_DEFAULTS: SettleOptions = {
  ...{ account: 'paper', riskFraction: parseScaled('0.0025'), after: null },
};

export type NotFollowed = {
  readonly signalId: string;
  readonly code: string;
  readonly reason: string;
};

export type Settled = {
  readonly settled: number;
  /** Whose bars are not all there yet, or not any more. */
  readonly open: number;
  readonly failed: readonly NotFollowed[];
  /** Where the next call goes on; null when all have been looked at. */
  readonly next: SignalPlace | null;
};

/**
 * Says of blocked live signals what their plans would have come to, once the bars after them are
 * there: stored once, with the hash of the bars it stands on. A bounded number a call; to be
 * called again from `next` on. Doing it twice, or in two processes, stores the same.
 */
export async function settleCounterfactuals(
  db: Database,
  now: number,
  options: SettleOptions = SETTLE_DEFAULTS,
): Promise<Settled> {
  const signals = await unsettledSignals(db, { after: options.after, limit: BATCH_MAX });
  const instruments = new Map((await loadInstruments(db)).map((one) => [String(one.id), one]));
  const failed: NotFollowed[] = [];
  let settled = 0;
  for (const signal of signals) {
    if (options.signal?.aborted === true) break;
    try {
      const row = await settle(db, signal, { ...options, now, instruments });
      if (row !== null && (await saveCounterfactual(db, row))) settled += 1;
    } catch (error) {
      // Whatever it is, it is this one's: the others go on.
      failed.push({ signalId: signal.id, code: codeOf(error), reason: reasonOf(error) });
    }
  }
  const last = signals.at(-1);
  const isLast = last === undefined || signals.length < BATCH_MAX;
  const next = isLast ? null : { decidedAt: last.decidedAt, id: last.id };
  return { settled, open: signals.length - settled - failed.length, failed, next };
}

type Context = SettleOptions & {
  readonly now: number;
  readonly instruments: ReadonlyMap<string, Instrument>;
};

/** Null while its bars are not all there. */
async function settle(
  db: Database,
  signal: Stored,
  context: Context,
): Promise<CounterfactualRow | null> {
  const instrument = context.instruments.get(signal.instrument);
  if (instrument === undefined) throw new InvalidInput('INSTRUMENT_UNKNOWN', signal.instrument);
  const terms = termsOf(instrument.id, context);
  for (const bars of [FIRST_BARS, terms.horizonBars]) {
    const series = await seriesAround(db, instrument, { ...signal, bars, now: context.now });
    const isEmpty = series.bars.openTime.length === 0;
    const end = isEmpty ? NOTHING : await follow(db, signal, { series, terms, context });
    const isWaiting = context.now < signal.decidedAt + GIVE_UP_MS;
    if (end.kind === 'noBar') return isWaiting ? null : gaveUp(signal, instrument, context.now);
    // What is missing may still be filled in.
    if (end.kind === 'ended' && end.missing > 0 && isWaiting) return null;
    if (end.kind !== 'open') return rowOf(signal, end, { series, now: context.now });
  }
  return null;
}

const NOTHING: FollowedSignalEnd = { kind: 'noBar' };
const levels = z.object({ entry: z.number(), stop: z.number(), target: z.number() });

async function follow(
  db: Database,
  signal: Stored,
  of: { series: Series; terms: ReturnType<typeof termsOf>; context: Context },
): Promise<FollowedSignalEnd> {
  const equity = await equityAt(db, of.context.account, signal.decidedAt);
  const followed = {
    ...{ id: parseUuid<SignalId>(signal.id), strategy: strategyNamed(signal.strategy).name },
    direction: signal.direction === 'short' ? 'short' : 'long',
    ...{ level: levels.parse(signal.level), barOpenTime: signal.barOpenTime, equity },
  } as const;
  return followSignal(of.series, followed, of.terms);
}

function rowOf(
  { id: signalId }: Stored,
  end: Extract<FollowedSignalEnd, { kind: 'ended' | 'unsized' }>,
  { series, now }: { readonly series: Series; readonly now: number },
): CounterfactualRow {
  const { quoteCurrency: currency } = series.instrument;
  const dataHash = hashOfSeries(series, end.rows);
  const of = { signalId, currency, dataHash, computedAt: now };
  if (end.kind === 'unsized') return { ...of, earned: null, exit: 'sizing', leftAt: null };
  const { exit, leftAt, realised } = end.ended;
  const earned = exit === 'none' ? null : realised.toFixed(EARNED_DECIMALS);
  return { ...of, earned, exit, leftAt };
}

const EARNED_DECIMALS = 8;

function gaveUp(
  { id: signalId }: Stored,
  { quoteCurrency: currency }: Instrument,
  now: number,
): CounterfactualRow {
  const of = { signalId, currency, dataHash: NO_BARS, computedAt: now };
  return { ...of, earned: null, exit: 'bars missing', leftAt: null };
}
