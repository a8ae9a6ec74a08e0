import { openDatabase } from '@ballast/db';
import { loadConfig, url } from '@ballast/observability';
import { commitBare } from './bare-commits.ts';
import { type BenchGateway, startBenchGateway, type TradeTimes } from './bench-gateway.ts';
import { recordWrites, type Written } from './recorded-writes.ts';

const AT_ONCE = 64;
const ROUNDS = 3;
const WARM_UP = 128;
const LONE_WARM_UP = 10;
const TRADES = 400;
const LONE_TRADES = 60;
const CONNECTIONS = 16;

const config = loadConfig({
  BALLAST_DATABASE_URL: url('postgres', 'postgresql'),
  /** A database of the same tables, as its owner, for the bare commits. */
  BALLAST_PLAIN_DATABASE_URL: url('postgres', 'postgresql'),
});

/** One round: every figure beside its limit, all within seconds of each other. */
export type Round = {
  readonly gateway: number;
  readonly grouped: number;
  readonly single: number;
  readonly loneMs: number;
  readonly leavesMs: number;
  readonly bareMs: number;
  readonly group: number;
};

const db = openDatabase(config.BALLAST_DATABASE_URL);
const recorded = recordWrites(db);
const gateway = await startBenchGateway(db, 'busy');
/** An account that trades as rarely as a person does. */
const quiet = await startBenchGateway(db, 'quiet');
await run(gateway, WARM_UP, AT_ONCE);
await run(quiet, LONE_WARM_UP, 1);
const rounds: Round[] = [];
for (let round = 0; round < ROUNDS; round += 1) rounds.push(await measure());
await gateway.close();
await quiet.close();
await db.close();
process.stdout.write(`${JSON.stringify(rounds)}\n`);

async function measure(): Promise<Round> {
  recorded.take();
  const together = await run(gateway, TRADES, AT_ONCE);
  const grouped = recorded.take();
  const lone = await run(quiet, LONE_TRADES, 1);
  const steps = recorded.take();

  const bareGrouped = await commitBare(config.BALLAST_PLAIN_DATABASE_URL, [grouped]);
  const bareSingle = await commitBare(config.BALLAST_PLAIN_DATABASE_URL, dealt(steps));
  const bareLone = await commitBare(config.BALLAST_PLAIN_DATABASE_URL, [steps]);
  const isCommand = steps.map((written) => written.some(({ text }) => text.includes('commands')));
  return {
    gateway: perSecond(TRADES, together.ms),
    grouped: perSecond(TRADES, bareGrouped.ms),
    single: perSecond(LONE_TRADES, bareSingle.ms),
    loneMs: median(lone.times.map(({ durableMs }) => durableMs)),
    leavesMs: median(lone.times.map(({ leavesMs }) => leavesMs)),
    bareMs: median(bareLone.eachMs.filter((_ms, index) => isCommand[index] === true)),
    group: grouped.length,
  };
}

async function run(
  { instruments, trade, idle }: BenchGateway,
  count: number,
  lanes: number,
): Promise<{ ms: number; times: TradeTimes[] }> {
  const times: TradeTimes[] = [];
  let begun = 0;
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: lanes }, async (_value, lane) => {
      while (begun < count) {
        begun += 1;
        const instrument = instruments[lanes === 1 ? begun % instruments.length : lane];
        if (instrument === undefined) throw new Error(`${lanes} lanes need as many instruments`);
        times.push(await trade(instrument));
      }
    }),
  );
  await idle();
  return { ms: performance.now() - startedAt, times };
}

/** Whole trades, dealt to the connections one by one: the rows of a trade depend on each other. */
function dealt(steps: readonly Written[]): Written[][] {
  const lists = Array.from({ length: CONNECTIONS }, (): Written[] => []);
  let trade = -1;
  for (const written of steps) {
    if (written.some(({ text }) => text.includes('INTO commands'))) trade += 1;
    lists[trade % CONNECTIONS]?.push(written);
  }
  return lists;
}

function perSecond(count: number, ms: number): number {
  return Math.round((count * 1_000) / ms);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Number((sorted[Math.floor(sorted.length / 2)] ?? Number.NaN).toFixed(3));
}
