import { findBacktest, findComparison, listBacktests, type StoredBacktest } from '@ballast/db';
import { type BacktestId, InvalidInput, parseUuid } from '@ballast/domain';
import { z } from 'zod';
import { readCount } from '../arguments.ts';
import { askAndLook } from '../ask.ts';
import { progressText, reportBacktest, shownRow, writePage } from '../backtest-report.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

const LIMIT_MAX = 1_000;

/** Runs and sweeps, the newest first. @throws Failure */
export async function backtestList(
  { db }: Pick<Platform, 'db'>,
  asked: { readonly limit: string },
): Promise<Report> {
  const rows = await listBacktests(db, readCount(asked.limit, '--limit', LIMIT_MAX));
  const now = Date.now();
  const lines = rows.map((row) => progressText(row, now));
  return {
    ok: true,
    data: { backtests: rows.map((row) => shownRow(row, now)) },
    lines: lines.length === 0 ? ['no backtests'] : lines,
  };
}

/** Ok unless it has failed or was cancelled. @throws Failure BACKTEST_UNKNOWN */
export async function backtestShow(
  { db }: Pick<Platform, 'db'>,
  { id, html }: { readonly id: string; readonly html?: string },
): Promise<Report> {
  const row = await known(db, id);
  if (html !== undefined) await writePage(db, row, html);
  return reportBacktest(db, row, Date.now());
}

/** @throws Failure BACKTEST_UNKNOWN, BACKTEST_ENDED where there is nothing left to cancel */
export async function backtestCancel(
  platform: Platform,
  asked: { readonly id: string; readonly reason: string },
): Promise<Report> {
  const { db } = platform;
  const row = await known(db, asked.id);
  if (row.endedAt !== null) throw ended(row);
  const body = { id: parseUuid<BacktestId>(row.id), reason: asked.reason };
  const seen = await askAndLook(platform, { type: 'cancelBacktest', body }, async () => {
    const now = await findBacktest(db, row.id);
    return now?.endedAt == null ? null : now;
  });
  if (seen.state !== 'cancelled') throw ended(seen);
  const { result: _result, ...rest } = seen;
  const at = Date.now();
  return { ok: true, data: { backtest: shownRow(rest, at) }, lines: [progressText(rest, at)] };
}

const ended = ({ id, state }: StoredBacktest): Failure =>
  new Failure('BACKTEST_ENDED', `backtest ${id} has ended already: ${state}`);

const comparison = z.looseObject({
  error: z.object({ code: z.string(), message: z.string() }).optional(),
  data: z.object({ isSame: z.boolean() }).optional(),
  request: z.array(z.object({ name: z.string(), values: z.array(z.unknown()) })).default([]),
  figures: z.array(z.object({ name: z.string(), values: z.array(z.unknown()) })).default([]),
});

/** What differs in what was asked, in the data and in what came of it; stored. @throws Failure */
export async function backtestCompare(
  platform: Platform,
  given: readonly string[],
): Promise<Report> {
  const ids = given.map(readId);
  if (new Set(ids).size < 2) throw new Failure('USAGE', 'two or more of them', EXIT.usage);
  const { db } = platform;
  const asked = { type: 'compareBacktests', body: { ids } } as const;
  const row = await askAndLook(platform, asked, (id) => findComparison(db, id));
  const { error, ...result } = comparison.parse(row.result);
  if (error !== undefined) throw new Failure(error.code, error.message);
  const linesOf = (all: typeof result.request): string[] =>
    all.map(
      ({ name, values }) => `  ${name}: ${values.map((one) => JSON.stringify(one)).join(' | ')}`,
    );
  return {
    ok: true,
    data: { comparisonId: row.id, ids, ...result },
    lines: [
      result.data?.isSame === true ? 'over the same data' : 'over DIFFERENT data',
      ...['asked for:', ...linesOf(result.request), 'came to:', ...linesOf(result.figures)],
    ],
  };
}

async function known(db: Platform['db'], text: string): Promise<StoredBacktest> {
  const id = readId(text);
  const row = await findBacktest(db, id);
  if (row === null) throw new Failure('BACKTEST_UNKNOWN', `no backtest ${id}`);
  return row;
}

function readId(text: string): BacktestId {
  try {
    return parseUuid<BacktestId>(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Failure(error.code, error.message, EXIT.usage);
  }
}
