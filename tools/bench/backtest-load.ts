import { cpus, loadavg } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import {
  type BarNumbers,
  type Database,
  openDatabase,
  readBarNumbers,
  storeHistory,
} from '@ballast/db';
import { copyOut } from './bars-plain.ts';
import { barsOf } from './bars.ts';
import { onOwnPostgres } from './own-postgres.ts';

const ROUNDS = 5;
const STATEMENT_TIMEOUT_MS = 120_000;
/** Loading may take so many times what COPY of the same rows takes. */
const TIMES_COPY_MAX = 2;
const BYTES_PER_BAR_MAX = 120;

/**
 * A million stored bars as a backtest reads them, beside COPY of the same rows thrown away, by
 * turns; and what is held of them.
 */
export function run() {
  return onOwnPostgres(async ({ url }) => {
    const options = { max: 1, statementTimeoutMs: STATEMENT_TIMEOUT_MS };
    const marketData = openDatabase(url('market-data'), options);
    const bars = barsOf('BTCUSDT');
    const [first] = bars;
    if (first === undefined) throw new Error('no bars');
    const { instrument, timeframe } = first;
    const to = bars.at(-1)?.openTime ?? 0;
    await storeHistory(marketData, bars);
    await marketData.close();
    const db = openDatabase(url('backtester'), options);
    try {
      return result(
        await rounds(db, { instrument, timeframe, from: first.openTime, to }, bars.length),
      );
    } finally {
      await db.close();
    }
  });
}

type Round = {
  readonly copyMs: number;
  readonly loadMs: number;
  readonly bytesPerBar: number;
};

async function rounds(
  db: Database,
  range: Parameters<typeof readBarNumbers>[1],
  rows: number,
): Promise<Round[]> {
  const all: Round[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const copyMs = await took(() => copyOut(db, range));
    let held: BarNumbers | null = null;
    const before = bytesHeld();
    const loadMs = await took(async () => {
      held = await readBarNumbers(db, range);
    });
    if (countOf(held) !== rows) throw new Error(`read ${countOf(held)} of ${rows} bars`);
    all.push({ copyMs, loadMs, bytesPerBar: (bytesHeld() - before) / rows });
  }
  return all;
}

const countOf = (bars: BarNumbers | null): number => bars?.openTime.length ?? 0;

/** Of buffers: what the columns lie in. */
function bytesHeld(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** What nobody holds any more is not counted. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') Reflect.apply(collect, undefined, []);
}

async function took(work: () => Promise<void>): Promise<number> {
  const begun = performance.now();
  await work();
  return performance.now() - begun;
}

function result(all: readonly Round[]) {
  const median = (of: (round: Round) => number): number =>
    all.map(of).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? NaN;
  const timesCopy = median(({ loadMs, copyMs }) => loadMs / copyMs);
  const bytesPerBar = median((round) => round.bytesPerBar);
  return {
    ok: timesCopy <= TIMES_COPY_MAX && bytesPerBar <= BYTES_PER_BAR_MAX,
    bench: 'backtest-load',
    ...{ timesCopy, timesCopyMax: TIMES_COPY_MAX },
    ...{ bytesPerBar, bytesPerBarMax: BYTES_PER_BAR_MAX },
    rounds: all,
    machine: { cores: cpus().length, cpu: cpus()[0]?.model, load: loadavg()[0] },
  };
}
