import {
  isSessionOpen,
  type Timeframe,
  TIMEFRAME_MS,
  TIMEFRAMES,
  type TradingSession,
} from '@ballast/domain';
import fc from 'fast-check';

/** What may befall the bars of an instrument; `ago` and `minutes` in minutes, before the moment. */
export type Step =
  /** Time goes by, and it is looked every `by` minutes. */
  | { readonly kind: 'live'; readonly minutes: number; readonly by: number }
  /** The same while the database takes no wide bar; whoever saw it may end then. */
  | {
      readonly kind: 'refuse';
      readonly minutes: number;
      readonly by: number;
      readonly isLeft: boolean;
    }
  | { readonly kind: 'down'; readonly minutes: number }
  | { readonly kind: 'takeover'; readonly seconds: number }
  /** From now on, or no longer: no minute is streamed. */
  | { readonly kind: 'outage' }
  /** The venue's history cannot be reached. */
  | { readonly kind: 'away' }
  /** The instrument is not followed. */
  | { readonly kind: 'unlisted' }
  /** `share` of it is brought: the job was cancelled then. */
  | {
      readonly kind: 'backfill';
      readonly ago: number;
      readonly minutes: number;
      readonly share: number;
    }
  | { readonly kind: 'import'; readonly ago: number; readonly minutes: number }
  /** Trades that were heard of late make some of the newest minutes anew. */
  | { readonly kind: 'late'; readonly minutes: number }
  /** Minutes are let go of, and these with them. */
  | { readonly kind: 'trim'; readonly daysAgo: number; readonly wide: readonly Timeframe[] };

export type Story = {
  readonly session: TradingSession;
  readonly begins: string;
  readonly afterMs: number;
  /** Share of the minutes that have a trade, of those stretches that have any. */
  readonly density: number;
  /** The venue's history holds what all of the market traded. */
  readonly hearsAll: boolean;
  /** Which minutes they are, and what else is left to chance. */
  readonly salt: number;
  readonly steps: readonly Step[];
};

/** Sessions that begin and end, early ones, the clocks' change, a holiday, ends of months. */
const BEGINS = [
  ...['2026-07-14T13:00Z', '2026-11-27T14:00Z', '2026-10-30T19:00Z', '2026-07-02T18:30Z'],
  ...['2026-11-01T23:30Z', '2026-03-06T20:00Z', '2026-06-19T14:10Z'],
];
const STEPS_MAX = 16;
const MINUTE = TIMEFRAME_MS['1m'];
/** A stretch of minutes has trades, or none at all, as one. */
const BLOCK = 37 * MINUTE;
const QUIET_BLOCKS = 0.4;

const whole = (min: number, max: number) => fc.integer({ min, max });
const by = whole(1, 7);
const ago = whole(0, 3 * 1_440);
const live = fc.record({ kind: fc.constant('live' as const), minutes: whole(5, 90), by });
const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: live, weight: 3 },
  fc.record({
    ...{ kind: fc.constant('refuse' as const), minutes: whole(1, 20), by, isLeft: fc.boolean() },
  }),
  fc.record({ kind: fc.constant('down' as const), minutes: whole(1, 1_200) }),
  fc.record({ kind: fc.constant('takeover' as const), seconds: whole(1, 40) }),
  fc.record({ kind: fc.constantFrom('outage' as const, 'away' as const, 'unlisted' as const) }),
  fc.record({
    ...{ kind: fc.constant('backfill' as const), ago, minutes: whole(1, 2_000) },
    share: fc.constantFrom(1, 1, 1, 0.1, 0.35, 0.7),
  }),
  fc.record({ kind: fc.constant('import' as const), ago, minutes: whole(1, 1_000) }),
  fc.record({ kind: fc.constant('late' as const), minutes: whole(1, 30) }),
  fc.record({
    ...{ kind: fc.constant('trim' as const), daysAgo: whole(0, 2) },
    wide: fc.subarray(TIMEFRAMES.filter((timeframe) => timeframe !== '1m')),
  }),
);

export const stories: fc.Arbitrary<Story> = fc.record({
  session: fc.constantFrom('us-equity' as const, 'continuous' as const),
  begins: fc.constantFrom(...BEGINS),
  afterMs: whole(0, 3 * 3_600).map((seconds) => seconds * 1_000),
  density: fc.constantFrom(0.02, 0.1, 0.9, 0),
  hearsAll: fc.boolean(),
  salt: whole(1, 1e9),
  // Of its full length: by itself fast-check makes short ones most of the time.
  steps: fc.array(step, { minLength: 1, maxLength: STEPS_MAX, size: 'max' }),
});

/** A number from 0 to below 1 that hangs on these alone: the same story is told the same way. */
export function chance(salt: number, of: number): number {
  let mixed = Math.imul(of ^ Math.floor(of / 2 ** 32), 0x9e37_79b1) ^ salt;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}

export function isTraded({ session, salt, density }: Story, openTime: number): boolean {
  if (chance(salt, Math.floor(openTime / BLOCK)) < QUIET_BLOCKS) return false;
  const isOpen = session === 'continuous' || isSessionOpen(session, openTime);
  return isOpen && chance(salt + 1, openTime / MINUTE) < density;
}
