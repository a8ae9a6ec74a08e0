import {
  type InstrumentId,
  type Money,
  parseScaled,
  type TradeId,
  type TradePlan,
  tradePlanWire,
} from '@ballast/domain';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { UNATTRIBUTED } from './unattributed.ts';

const DAY_MS = 86_400_000;
/** More than any streak of losses that a limit speaks of. */
const RESULTS = 50;
/** More than an account can open within `recentWithinMs`. */
const RECENT_PLANS_MAX = 200;
/** Of one instrument; far fewer deny. */
const GAPS_MAX = 100;

/** What the pre-trade rules need of trades that ended, and of those that began lately. */
export type StoredHistory = {
  /** After fees, of trades that ended in the UTC day of `now`; one amount a currency. */
  readonly realisedToday: readonly Money[];
  /** Of the last ended trades, newest first, after fees. */
  readonly results: readonly { readonly endedAt: number; readonly realised: Money }[];
  /** Of trades made at most `recentWithinMs` ago that were not denied. */
  readonly recentPlans: readonly {
    readonly tradeId: TradeId;
    readonly plan: TradePlan;
    readonly createdAt: number;
  }[];
};

/** How far an instrument's 1-minute bars were looked for, and what of them is missing. */
export type StoredCoverage = {
  readonly instrument: InstrumentId;
  readonly checkedUntil: number;
  /** Those that reach into the window, the oldest first. */
  readonly gaps: readonly {
    readonly fromTime: number;
    readonly toTime: number;
    readonly bars: number;
  }[];
};

/** What is asked about before a trade is opened; `now` epoch ms. */
export type EntryQuestion = {
  readonly now: number;
  readonly recentWithinMs: number;
  /** Which of them may be entered. */
  readonly instruments: readonly InstrumentId[];
  readonly gapsWithinMs: number;
};

export type EntryFacts = {
  readonly history: StoredHistory;
  /** Instruments whose bars nobody looks for are not in it. */
  readonly coverage: readonly StoredCoverage[];
};

type Row = {
  readonly today: readonly { readonly currency: string; readonly realised: string }[];
  readonly results: readonly {
    readonly ended_at: number;
    readonly currency: string;
    readonly realised: string;
  }[];
  readonly plans: readonly {
    readonly id: string;
    readonly plan: unknown;
    readonly created_at: number;
  }[];
  readonly coverage: readonly StoredCoverage[];
};

// An instrument that is not listed any more has no currency that could be compared.
const ENDED = `
  SELECT t.ended_at, coalesce(i.quote_currency, '') AS currency,
         t.realised_cum - t.fees_cum AS realised
  FROM trades AS t LEFT JOIN instruments AS i ON i.id = t.instrument
  WHERE t.account = $1 AND t.status = 'closed' AND t.ended_at IS NOT NULL`;

// A text of its own, not put together at each asking: that takes as long as the answer.
const ENTRY_FACTS = `
  SELECT
    (SELECT coalesce(json_agg(d), '[]') FROM (
       SELECT currency, sum(realised)::text AS realised
       FROM (${ENDED} AND t.ended_at >= $2) AS e GROUP BY currency) AS d) AS today,
    (SELECT coalesce(json_agg(r), '[]') FROM (
       SELECT ended_at, currency, realised::text AS realised
       FROM (${ENDED} ORDER BY t.ended_at DESC LIMIT ${RESULTS}) AS e) AS r) AS results,
    (SELECT coalesce(json_agg(p), '[]') FROM (
       SELECT id, plan, created_at FROM trades
       WHERE account = $1 AND status <> 'denied' AND origin <> '${UNATTRIBUTED}'
         AND created_at >= $3
       ORDER BY created_at DESC LIMIT ${RECENT_PLANS_MAX}) AS p) AS plans,
    (SELECT coalesce(json_agg(c), '[]') FROM (
       SELECT instrument, checked_until AS "checkedUntil", (
         SELECT coalesce(json_agg(g ORDER BY g."fromTime"), '[]') FROM (
           SELECT from_time AS "fromTime", to_time AS "toTime", bars FROM bar_gaps
           WHERE instrument = b.instrument AND timeframe = '1m' AND ended_at IS NULL
             AND to_time >= $5
           ORDER BY from_time DESC LIMIT ${GAPS_MAX}) AS g) AS gaps
       FROM bar_coverage AS b
       WHERE instrument = ANY($4::text[]) AND timeframe = '1m') AS c) AS coverage`;

/** One question to the database: it stands before every trade that is opened. */
export async function loadEntryFacts(
  db: Database,
  account: string,
  { now, recentWithinMs, instruments, gapsWithinMs }: EntryQuestion,
): Promise<EntryFacts> {
  const day = now - (now % DAY_MS);
  const values = [account, day, now - recentWithinMs, instruments, now - gapsWithinMs];
  const answer = await db.pool.query<Row>(prepared(ENTRY_FACTS, values));
  const row = answer.rows[0];
  if (row === undefined) throw new Error('a select of aggregates gave no row');
  return { history: historyOf(row), coverage: row.coverage };
}

function historyOf(row: Row): StoredHistory {
  return {
    realisedToday: row.today.map(({ currency, realised }) => money(realised, currency)),
    results: row.results.map((result) => {
      return { endedAt: result.ended_at, realised: money(result.realised, result.currency) };
    }),
    recentPlans: row.plans.map(({ id, plan, created_at: createdAt }) => {
      return { tradeId: id as TradeId, plan: tradePlanWire.parse(plan), createdAt };
    }),
  };
}

function money(amount: string, currency: string): Money {
  return { amount: parseScaled(amount), currency };
}
