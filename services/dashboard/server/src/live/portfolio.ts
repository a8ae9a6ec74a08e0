import { TIMES_IN_FORCE } from '@ballast/domain';
import { z } from 'zod';
import { venuesProgress } from './brake-view.ts';

const amount = z.string().regex(/^-?\d{1,20}(\.\d{1,18})?$/);

const position = z.object({
  tradeId: z.string(),
  instrument: z.string(),
  direction: z.enum(['long', 'short']),
  quantity: amount,
  entryPrice: amount.nullable(),
  mark: amount.nullable(),
  /** Epoch ms of the quote that `mark` comes from. */
  markAt: z.number().nullable(),
  unrealised: amount.nullable(),
  realisedCum: amount,
  feesCum: amount,
  stop: amount.nullable(),
  target: amount.nullable(),
  rMultiple: amount.nullable(),
  distanceToStop: amount.nullable(),
});

/** The venue as the gateway knows it: what the pre-trade rules judge by. */
const venueConditions = z.object({
  capabilities: z.object({
    markets: z.array(z.object({ market: z.string(), endings: z.array(z.string()).nullable() })),
    exits: z.enum(['reduceOnly', 'reserved']),
    shorting: z.boolean(),
    postOnly: z.boolean(),
    timesInForce: z.array(z.enum(TIMES_IN_FORCE)),
    requestSettlesMs: z.number(),
    executionsKeptMs: z.number(),
  }),
  quietWindow: z.object({ from: z.number(), until: z.number(), reason: z.string() }).nullable(),
});

/**
 * The gateway's own account of the money, written each second; shown as it is and never recomputed.
 */
export const portfolioState = z.object({
  account: z.string(),
  asOf: z.number(),
  /** When the venue was asked for equity and available; zero before it has answered. */
  balanceAt: z.number(),
  /** Null with the amounts until the venue has told the balance. */
  currency: z.string().nullable(),
  equity: amount.nullable(),
  available: amount.nullable(),
  dayPnl: amount.nullable(),
  unrealised: amount.nullable(),
  openRisk: amount.nullable(),
  /** Why the gateway takes no new risk just now; null when it does. */
  behind: z.string().nullable(),
  /** What each venue still has while the brake is engaged. */
  brake: venuesProgress.default([]),
  /** Null from a gateway that does not say; every rule that asks then denies. */
  venue: venueConditions.nullable().default(null),
  positions: z.array(position),
});
export type Portfolio = z.infer<typeof portfolioState>;
export type PortfolioPosition = z.infer<typeof position>;

/** The state of the feed as market-data reports it each second. */
export const feedState = z.object({
  /** When it said so, epoch ms. */
  at: z.number(),
  state: z.string(),
  since: z.number(),
  lastDataAt: z.number().nullable(),
  counts: z.record(z.string(), z.number()).default({}),
});
export type FeedState = z.infer<typeof feedState>;
