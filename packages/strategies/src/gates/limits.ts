import {
  COMMAND_CLOCK_SKEW_MS,
  COMMAND_LIFETIME_MAX_MS,
  DAY_MS,
  InvalidInput,
  JUDGING_GATES,
  QUOTE_STALE_AFTER_MS,
  REGIMES,
  SIGNAL_COVERAGE_MS,
} from '@ballast/domain';
import { z } from 'zod';

const HOUR_MS = 3_600_000;
/** A year: no duration of these is meant to be longer. */
const DURATION_MAX_MS = 365 * DAY_MS;

const duration = (defaultMs: number, meaning: string) =>
  z.int().min(0).max(DURATION_MAX_MS).default(defaultMs).describe(meaning);
const share = (value: number, max: number, meaning: string) =>
  z.number().min(0).max(max).default(value).describe(meaning);
const regimes = (meaning: string) =>
  z
    .array(z.enum(REGIMES))
    .min(1)
    .default([...REGIMES])
    .describe(meaning);

/**
 * What the gates hold a signal against, as data. Shares are parts of the equity, of the crowd or of
 * the volume; rates and spreads parts of the price.
 */
export const gateLimits = z.strictObject({
  soakMs: duration(14 * DAY_MS, 'watched signals must reach this far back before the first entry'),
  longRegimes: regimes('regimes of bitcoin in which longs may be entered'),
  shortRegimes: regimes('the same for shorts'),
  // Two bars of four hours, and an hour for the second to come.
  regimeAgeMaxMs: duration(9 * HOUR_MS, 'an older regime counts as unknown'),
  coverageMs: duration(SIGNAL_COVERAGE_MS, 'so far back from a decision no bar may be missing'),
  quoteAgeMaxMs: duration(QUOTE_STALE_AFTER_MS, 'an older quote is no ground for a trade'),
  // A minute's bar arrives right after its close; half a minute more covers a slow venue.
  barAgeMaxMs: duration(90_000, 'a bar that closed longer ago is history'),
  cooldownMs: duration(900_000, 'pause of a strategy between two asks in one instrument'),
  openTradesMax: z.int().min(0).max(10_000).default(10).describe('trades of the account at once'),
  accountShareMax: share(1, 10, 'notional of all that is held'),
  strategyShareMax: share(0.5, 10, 'notional of what the strategy holds'),
  sectorShareMax: share(0.3, 10, "notional of what is held in the instrument's sector"),
  // Wide on purpose: only what is far out of the ordinary speaks against an entry by itself.
  crowdShareMax: share(0.85, 1, 'accounts that may stand on the side of the entry already'),
  takerShareMin: share(0.2, 1, "part of the takers' volume that must be on the side of the entry"),
  microstructureAgeMaxMs: duration(2 * HOUR_MS, 'older values of the crowd count as unknown'),
  fundingCostMax: share(0.0005, 1, 'funding that the entry may pay at a settlement'),
  // Settlements are eight hours apart at most.
  fundingAgeMaxMs: duration(9 * HOUR_MS, 'an older funding rate counts as unknown'),
  spreadMax: share(0.001, 1, 'spread between bid and ask, as a part of their middle'),
  regularHoursOnly: z.boolean().default(true).describe('enters only while the session is open'),
  // How long an answer may be out: a command's life on the bus, and both clocks' error.
  answerWaitMs: duration(
    COMMAND_LIFETIME_MAX_MS + 2 * COMMAND_CLOCK_SKEW_MS,
    'no second ask of anybody in an instrument within this time',
  ),
  required: z
    .array(z.enum(JUDGING_GATES))
    .default([])
    .describe('gates that refuse when what they need is unknown, where they would pass'),
});
export type GateLimits = z.infer<typeof gateLimits>;

/** The limits in force, and of those that somebody has set the id of the settings row. */
export type GateConfiguration = {
  readonly limits: GateLimits;
  readonly settings: Readonly<Partial<Record<keyof GateLimits, string>>>;
};

/**
 * What is not given has its default.
 * @throws InvalidInput GATE_LIMITS_INVALID: which limit, and what it may be
 */
export function gateConfiguration(limits: unknown = {}): GateConfiguration {
  const read = gateLimits.safeParse(limits);
  if (read.success) return { limits: read.data, settings: {} };
  throw new InvalidInput('GATE_LIMITS_INVALID', z.prettifyError(read.error));
}
