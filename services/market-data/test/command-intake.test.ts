import { randomBytes, randomUUID } from 'node:crypto';
import { type CommandEntry, openBus, sendCommand, signPayload } from '@ballast/bus';
import {
  addDataJob,
  changeDataJob,
  commandOutcome,
  type Database,
  findDataJob,
  openDatabase,
} from '@ballast/db';
import { COMMAND_OWNER, type CommandWire, instrumentId, InvalidInput } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  createTestDatabase,
  createTestRedis,
  type TestDatabase,
  type TestRedis,
} from '../../../tools/stores/test-stores.ts';
import {
  type CommandHandler,
  type CommandHandlers,
  DATA_COMMAND_TYPES,
} from '../src/commands/command-handlers.ts';
import { createCommandIntake, startCommandIntake } from '../src/commands/command-intake.ts';

const log = createLogger('test', 'silent');
const keys = { dashboard: 'd'.repeat(32), cli: 'c'.repeat(32) };
const instrument = instrumentId('bybit', 'linear', 'BTCUSDT');
let database: TestDatabase;
let redis: TestRedis;
let db: Database;
let reader: Database;
let clock: number;
let jobId: string;
/** What the handlers were given, and what they answer once they have written. */
let seen: string[];
let refusal: { code: string; detail: string } | null;
let fault: Error | null;
let taken: string[];

beforeAll(async () => {
  [database, redis] = await Promise.all([createTestDatabase(), createTestRedis()]);
  db = openDatabase(database.urls['market-data']);
  reader = openDatabase(database.urls.cli, { max: 1 });
});
beforeEach(async () => {
  clock = Date.now();
  [seen, taken, refusal, fault] = [[], [], null, null];
  jobId = randomUUID();
  const stretch = { timeframe: '1m', fromTime: 0, toTime: 60_000, barsExpected: 1 } as const;
  const what = { id: jobId, kind: 'backfill', origin: 'manual', instrument } as const;
  await addDataJob(db, { ...what, ...stretch, input: {}, actor: 'a', reason: 'b' }, clock);
});
afterAll(async () => {
  await Promise.all([db.close(), reader.close()]);
  await Promise.all([database.drop(), redis.stop()]);
});

const handle: CommandHandler = async ({ type }, tx, at) => {
  seen.push(type);
  await changeDataJob(tx, jobId, ['queued'], { status: 'paused', updatedAt: at });
  if (fault !== null) throw fault;
  return refusal;
};
const handlers: CommandHandlers = {
  ...{ startBackfill: handle, startImport: handle },
  ...{ pauseJob: handle, resumeJob: handle, cancelJob: handle },
  ...{ addInstruments: handle, removeInstruments: handle, setWatchlist: handle },
};
const options = () => ({
  ...({ db, keys, account: 'paper', mode: 'paper', handlers, log } as const),
  now: () => clock,
  onTaken: ({ type }: { type: string }) => void taken.push(type),
});

function wireOf(change: object = {}): CommandWire {
  const body = { jobId, reason: 'why' };
  const wire = {
    ...{ version: 1, id: randomUUID(), producer: 'cli', actor: 'me', account: 'paper' },
    ...{ mode: 'paper', issuedAt: clock, expiresAt: clock + 5_000 },
    ...{ nonce: randomBytes(16).toString('hex'), type: 'pauseJob', body },
    ...change,
  };
  return wire as CommandWire;
}

let entries = 0;
function entryOf(wire: CommandWire, key = keys.cli): CommandEntry {
  const payload = JSON.stringify(wire);
  entries += 1;
  const signature = signPayload(payload, key);
  return { producer: 'cli', entryId: `${entries}-0`, payload, signature };
}

const outcomeOf = (wire: CommandWire, entryId: string | null = null) =>
  commandOutcome(reader, 'cli', wire.id, entryId);
const statusOf = async () => (await findDataJob(db, jobId))?.status;

test('all that market-data owns is carried out here, and nothing else', () => {
  const owned = Object.entries(COMMAND_OWNER).flatMap(([type, owner]) =>
    owner === 'market-data' ? [type] : [],
  );
  expect([...DATA_COMMAND_TYPES].toSorted()).toEqual(owned.toSorted());
});

test('what is prepared before the transaction can refuse a command, which then does nothing', async () => {
  const why = { code: 'LISTING_UNKNOWN', detail: 'the venue does not tell' };
  const prepared: string[] = [];
  const { take, counts } = createCommandIntake({
    ...options(),
    prepare: ({ id }) => Promise.resolve(prepared.push(id) === 1 ? why : null),
  });
  const wires = [wireOf(), wireOf()] as const;
  await take(wires.map((wire) => entryOf(wire)));
  expect(prepared).toEqual(wires.map(({ id }) => id));
  expect(await outcomeOf(wires[0])).toMatchObject({ kind: 'refused', ...why });
  expect(await outcomeOf(wires[1])).toMatchObject({ kind: 'taken' });
  expect([seen, counts.commandsRefused]).toEqual([['pauseJob'], 1]);
});

test('a command is stored with what it changes, once', async () => {
  const { take, counts } = createCommandIntake(options());
  const wire = wireOf();
  const entry = entryOf(wire);
  await take([entry]);
  expect(await statusOf()).toBe('paused');
  expect(await outcomeOf(wire)).toMatchObject({ kind: 'taken', type: 'pauseJob', at: clock });
  clock += 60_000;
  await take([entry]);
  expect(await outcomeOf(wire, entry.entryId), 'not expired: it was taken').toMatchObject({
    kind: 'taken',
  });
  expect([seen, taken, counts.commandsTaken]).toEqual([['pauseJob'], ['pauseJob'], 1]);
});

test('what cannot be meant is refused with its reason, and holds up nothing', async () => {
  const { take } = createCommandIntake(options());
  fault = new InvalidInput('SESSION_UNKNOWN', 'hours are known from 1998 on');
  const wire = wireOf();
  await take([entryOf(wire)]);
  const why = { code: 'SESSION_UNKNOWN', detail: 'hours are known from 1998 on' };
  expect(await outcomeOf(wire)).toMatchObject({ kind: 'refused', ...why });
  expect([await statusOf(), taken]).toEqual(['queued', []]);
});

test('a refusal leaves nothing but itself', async () => {
  const { take, counts } = createCommandIntake(options());
  refusal = { code: 'JOB_STATUS', detail: 'it is done' };
  const wire = wireOf();
  const entry = entryOf(wire);
  await take([entry, entry]);
  expect(await statusOf()).toBe('queued');
  expect(await outcomeOf(wire)).toEqual({ kind: 'refused', ...refusal, at: clock });
  expect([seen, taken, counts.commandsRefused]).toEqual([['pauseJob'], [], 1]);
});

test('a handler that breaks stores nothing: the batch comes again', async () => {
  const { take } = createCommandIntake(options());
  fault = new Error('the database is away');
  const wire = wireOf();
  const entry = entryOf(wire);
  await expect(take([entry])).rejects.toThrow('away');
  expect(await statusOf()).toBe('queued');
  expect(await outcomeOf(wire)).toEqual({ kind: 'unseen' });
  fault = null;
  await take([entry]);
  expect(await outcomeOf(wire)).toMatchObject({ kind: 'taken' });
});

test('repeats, late ones and those of another account are refused under their id', async () => {
  const { take } = createCommandIntake(options());
  const first = wireOf();
  const cases: [CommandWire, string][] = [
    [wireOf({ nonce: first.nonce }), 'NONCE_REPEATED'],
    [wireOf({ issuedAt: clock - 9_000, expiresAt: clock }), 'COMMAND_EXPIRED'],
    [wireOf({ account: 'other' }), 'ACCOUNT_MISMATCH'],
    [wireOf({ mode: 'live' }), 'MODE_MISMATCH'],
    [wireOf({ producer: 'dashboard' }), 'PRODUCER_MISMATCH'],
  ];
  await take([first, ...cases.map(([wire]) => wire)].map((wire) => entryOf(wire)));
  for (const [wire, code] of cases) {
    expect(await outcomeOf(wire), code).toMatchObject({ kind: 'refused', code });
  }
  // A second copy is refused; what became of the first is what counts.
  await take([entryOf(first)]);
  expect(await outcomeOf(first)).toMatchObject({ kind: 'taken' });
});

test('what is of others, or cannot be believed, is left alone', async () => {
  const { take, counts } = createCommandIntake(options());
  const wire = wireOf();
  const other = wireOf({ type: 'engageBrake', body: { reason: 'why' } });
  const unreadable = wireOf({ body: {} });
  await take([entryOf(wire, keys.dashboard), entryOf(other), entryOf(unreadable)]);
  await take([{ ...entryOf(wire), producer: 'strategy-worker' }]);
  expect([seen, counts.commandsLeft]).toEqual([[], 4]);
  expect(await outcomeOf(wire, `${entries}-0`)).toEqual({ kind: 'unseen' });
});

test('from the stream: a database that is away is waited for', async () => {
  const bus = openBus(redis.urls.cli, 'cli', log);
  const failed: Error[] = [];
  fault = new Error('away');
  const intake = startCommandIntake({
    ...options(),
    redisUrl: redis.urls['market-data'],
    onFail: (error) => failed.push(error),
    retryDelayMs: 5,
  });
  const wire = wireOf();
  const entryId = await sendCommand(bus, wire, keys.cli);
  await expect.poll(() => seen.length).toBeGreaterThan(1);
  expect(await outcomeOf(wire, entryId)).toEqual({ kind: 'unseen' });
  fault = null;
  await expect.poll(() => outcomeOf(wire, entryId)).toMatchObject({ kind: 'taken' });
  await intake.stop();
  await bus.close();
  expect([taken, failed]).toEqual([['pauseJob'], []]);
});
