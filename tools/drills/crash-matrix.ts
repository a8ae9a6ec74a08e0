import { trades } from '@ballast/db';
import { desc } from 'drizzle-orm';
import { CRASH_POINTS, type CrashPoint } from './crash-points.ts';
import { crashAt } from './crash-run.ts';
import { type Drill, type DrillOptions, DrillUsage } from './drill.ts';
import { restartUnderLoad } from './store-restarts.ts';
import { type Tally, tally } from './tally.ts';
import { startTrading, type Trading } from './trading.ts';

type Outcome = { readonly point: string; readonly outcome: string; readonly ok: boolean };

/** Trades end by an exit; or the command came too late and nobody did anything. */
const EXPLAINED = /^((TARGET|STOP|CLOSE)\b|refused: COMMAND_EXPIRED$)/;

/**
 * kill -9 of the gateway at each point, one after the other on one platform, then of Redis and of
 * Postgres under load. After each the end state is compared with the venue.
 */
export const crashMatrix: Drill = async (options, say) => {
  const points = chosen(options);
  const trading = await startTrading();
  const outcomes: Outcome[] = [];
  try {
    for (const point of points) {
      outcomes.push(await lived(point.name, trading, say, () => crashAt(point, trading)));
    }
    if (!options.short && options.only === undefined) {
      for (const store of ['redis', 'postgres'] as const) {
        const name = `${store} killed under load`;
        outcomes.push(await lived(name, trading, say, () => restartUnderLoad(store, trading)));
      }
    }
    const { orders, fills, duplicates, lost, faults } = await tally(trading);
    const failed = outcomes.filter(({ ok }) => !ok);
    const ok =
      duplicates === 0 &&
      lost === 0 &&
      faults.length === 0 &&
      failed.length === 0 &&
      outcomes.length > 0;
    return { ok, points: outcomes.length, outcomes, orders, fills, duplicates, lost, faults };
  } finally {
    await trading.stop();
  }
};

function chosen({ short, only }: DrillOptions): readonly CrashPoint[] {
  const named = CRASH_POINTS.filter(({ name }) => only === undefined || name.includes(only));
  if (named.length === 0) throw new DrillUsage(`--only ${only ?? ''}: no point of that name`);
  return short ? named.filter((point) => point.short === true) : named;
}

/** One point and what became of it; one that cannot be reached is a failure of the drill. */
async function lived(
  point: string,
  trading: Trading,
  say: (line: string) => void,
  act: () => Promise<string>,
): Promise<Outcome> {
  const startedAt = performance.now();
  let outcome: string;
  let whole = false;
  try {
    outcome = await act();
    const after: Tally = await tally(trading);
    whole = after.duplicates + after.lost + after.faults.length === 0;
    if (!whole) outcome = `${outcome}; ${JSON.stringify(after)}`;
  } catch (error) {
    const seen = await lastTrade(trading).catch(() => 'nothing');
    outcome = `failed: ${error instanceof Error ? error.message : String(error)}; last ${seen}`;
    await trading.venue.clearFaults().catch(() => undefined);
  }
  const ok = whole && EXPLAINED.test(outcome);
  const ms = Math.round(performance.now() - startedAt);
  say(`${ok ? 'holds' : 'FAILS'}  ${point}: ${outcome} (${ms} ms)`);
  return { point, outcome, ok };
}

async function lastTrade({ db }: Trading): Promise<string> {
  const [row] = await db.select().from(trades).orderBy(desc(trades.createdAt)).limit(1);
  return `trade ${row?.status ?? 'none'}: ${row?.endReason ?? 'not ended'}`;
}
