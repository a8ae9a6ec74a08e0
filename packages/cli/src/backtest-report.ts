import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Database, runDetails, type StoredBacktest } from '@ballast/db';
import { backtestLeftMs } from '@ballast/domain';
import { z } from 'zod';
import { Failure } from './failure.ts';
import { digits, figure, figureShape, line } from './figure-lines.ts';
import { countText, type Report, timeText } from './report.ts';
import { walkForwardLines, walkForwardReport } from './walk-forward-report.ts';

const BACKTESTER = fileURLToPath(
  new URL('../../../services/backtester/src/main.ts', import.meta.url),
);

const errorShape = z.looseObject({ code: z.string(), message: z.string() });
const requestShape = z.looseObject({
  instruments: z.array(z.string()).default([]),
  timeframe: z.string().default(''),
});
const shownShape = z.looseObject({
  figures: z.record(z.string(), figureShape).optional(),
  equity: z.object({ begin: z.number(), end: z.number() }).optional(),
  signals: z.number().optional(),
  entered: z.number().optional(),
  blocked: z.number().optional(),
  warnings: z.array(z.string()).optional(),
});
const judgedShape = z.looseObject({
  combinations: z.number(),
  tried: z.number(),
  trials: z.object({ ofThisSweep: z.number(), ofOthers: z.number() }),
  best: z.looseObject({ parameters: z.unknown(), end: z.number() }).nullable(),
  bestSharpe: figureShape,
  deflatedSharpe: figureShape,
  overfittingProbability: figureShape,
  judgement: z.looseObject({ ok: z.boolean() }).nullable(),
  /** None of a sweep that was judged before they were kept. */
  warnings: z.array(z.string()).default([]),
});

/** A row without its result, and how far it is. */
export function shownRow(row: Omit<StoredBacktest, 'result'>, now: number) {
  return { ...row, leftMs: backtestLeftMs(row, now) };
}

const UNIT = { run: 'bars', sweep: 'combinations', 'walk-forward': 'trainings' } as const;

export function progressText(row: Omit<StoredBacktest, 'result'>, now: number): string {
  const { id, kind, strategy, state, done, total, error, actor, askedAt } = row;
  const leftMs = backtestLeftMs(row, now);
  const unit = UNIT[kind];
  const far = total === 0 ? '' : `, ${countText(done)} of ${countText(total)} ${unit}`;
  const left = leftMs === null ? '' : `, ${Math.ceil(leftMs / 1_000)} s left`;
  const { success, data } = errorShape.safeParse(error);
  const why = success ? ` (${data.code}: ${data.message})` : '';
  const who = `${actor}, ${timeText(askedAt)}`;
  return `${id} ${kind} ${strategy} by ${who}: ${state}${far}${left}${why}`;
}

/**
 * What became of a backtest, whole: of a run and of a walk-forward the fields of that over files.
 * Ok while it waits or runs, and when it is done.
 */
export async function reportBacktest(
  db: Database,
  row: StoredBacktest,
  now: number,
): Promise<Report> {
  const { result, ...rest } = row;
  const backtest = shownRow(rest, now);
  const { success: isRefused, data: error } = errorShape.safeParse(row.error);
  if (row.state === 'failed' || row.state === 'cancelled') {
    const told = isRefused ? error : { code: 'BACKTEST_FAILED', message: 'no reason is known' };
    return { ok: false, data: { backtest, error: told }, lines: [progressText(rest, now)] };
  }
  if (row.state !== 'done') {
    return { ok: true, data: { backtest }, lines: [progressText(rest, now)] };
  }
  if (row.kind === 'sweep') {
    const judged = judgedShape.parse(result);
    const lines = [progressText(rest, now), ...judgedLines(judged)];
    return { ok: true, data: { backtest, ...judged }, lines };
  }
  if (row.kind === 'walk-forward') {
    const report = walkForwardReport(row);
    const lines = [progressText(rest, now), ...walkForwardLines(report)];
    return { ok: true, data: { backtest, ...report }, lines };
  }
  const report = await runReport(db, row);
  return {
    ok: true,
    data: { backtest, ...report },
    lines: [progressText(rest, now), ...runLines(report)],
  };
}

async function runReport(db: Database, { id, request, result }: StoredBacktest) {
  const { trades, blocked, equity } = await runDetails(db, id);
  const asked = requestShape.parse(request);
  const bars = asked.instruments.map((instrument) => ({ file: 'stored', instrument }));
  return {
    request: { ...asked, bars },
    ...shownShape.parse(result),
    daily: { time: equity.map(({ at }) => at), equity: equity.map((point) => point.equity) },
    trades,
    blockedSignals: blocked,
  };
}

function runLines({
  figures = {},
  equity,
  signals,
  entered,
  blocked,
  warnings = [],
}: z.output<typeof shownShape>): string[] {
  return [
    line('signals', `${signals ?? 0}: ${entered ?? 0} entered, ${blocked ?? 0} blocked`),
    ...(equity === undefined
      ? []
      : [line('equity', `${digits(equity.begin)} to ${digits(equity.end)}`)]),
    ...Object.entries(figures).map(([name, one]) => line(name, figure(one))),
    ...warnings.map((text) => `warning: ${text}`),
  ];
}

function judgedLines(judged: z.output<typeof judgedShape>): string[] {
  const { ofThisSweep, ofOthers } = judged.trials;
  const verdict =
    judged.judgement === null ? 'too little to judge by' : judged.judgement.ok ? 'passes' : 'fails';
  return [
    line('combinations', `${judged.combinations}: ${judged.tried} tried`),
    line('trials', `${ofThisSweep} of this sweep, ${ofOthers} of others of the strategy`),
    line('best by Sharpe', JSON.stringify(judged.best?.parameters ?? null)),
    line('its Sharpe of a day', figure(judged.bestSharpe)),
    line('deflated Sharpe', figure(judged.deflatedSharpe)),
    line('overfitting probability', figure(judged.overfittingProbability)),
    line('judgement', verdict),
    ...judged.warnings.map((text) => `warning: ${text}`),
  ];
}

/** A stored run or walk-forward as one page. @throws Failure PAGE_OF_A_RUN, PAGE_NOT_WRITTEN */
export async function writePage(db: Database, row: StoredBacktest, path: string): Promise<void> {
  if (row.kind === 'sweep' || row.state !== 'done') {
    const message = `${row.id} is no run and no walk-forward that is done: only these have a page`;
    throw new Failure('PAGE_OF_A_RUN', message);
  }
  const file = resolve(process.env['INIT_CWD'] ?? process.cwd(), path);
  const child = spawn(process.execPath, [BACKTESTER, 'page', '--html', file], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const report = row.kind === 'run' ? await runReport(db, row) : walkForwardReport(row);
  child.stdin.end(JSON.stringify(report));
  const closed: unknown[] = await once(child, 'close');
  const [code] = closed;
  if (code !== 0) throw new Failure('PAGE_NOT_WRITTEN', `${file} could not be written`);
}
