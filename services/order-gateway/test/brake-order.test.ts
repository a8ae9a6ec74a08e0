import { audit } from '@ballast/db';
import { formatQuantity, parseScaled } from '@ballast/domain';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../tools/stores/test-stores.ts';
import { liveTrades } from '../src/journal/book.ts';
import {
  beginBraked,
  type BrakedGateway,
  COOLING_MS,
  createSharedVenue,
  handClock,
} from './braked-gateway.fixture.ts';
import { fillOf, newId, storeInstruments } from './gateway.fixture.ts';

const CASES = 20;
/** More than a story lets pass: the database's own clock never moves, and a release asks it too. */
const PAST_MS = 30 * COOLING_MS;
let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await storeInstruments(database.urls['market-data']);
});
afterAll(() => database.drop());

const ACTS = ['open', 'engage', 'release', 'crash', 'lateFill', 'cool', 'sweep'] as const;
type Act = (typeof ACTS)[number];
const story = fc.array(
  fc.record({
    acts: fc.array(fc.constantFrom(...ACTS), { minLength: 1, maxLength: 3 }),
    restarts: fc.boolean(),
  }),
  { minLength: 3, maxLength: 8 },
);

async function act(kind: Act, gateway: BrakedGateway): Promise<void> {
  const { journal } = gateway;
  const at = gateway.now();
  switch (kind) {
    case 'open':
      return gateway.send(gateway.open());
    case 'engage':
      return gateway.send(gateway.command('engageBrake'));
    case 'release':
      return gateway.send(gateway.command('releaseBrake'));
    case 'crash':
      for (const amount of ['100000', '60000']) {
        const equity = { amount: parseScaled(amount), currency: 'USDT' };
        await journal.write({ type: 'brake', input: { type: 'equity', at, equity } });
      }
      return undefined;
    case 'lateFill':
      return gateway.lateFill((id, quantity) => fillOf(id, formatQuantity(quantity)));
    case 'cool':
      return gateway.pass(COOLING_MS);
    case 'sweep':
      return gateway.until(() => true, 1);
    default:
      return kind satisfies never;
  }
}

/** Entry orders that the chain shows to have been made between an engaging and a release. */
async function madeWhileEngaged(gateway: BrakedGateway, account: string) {
  const rows = (await gateway.db.select().from(audit))
    .filter((row) => row.account === account)
    .toSorted((a, b) => a.seq - b.seq);
  let engaged = false;
  let engagings = 0;
  const wrong: unknown[] = [];
  for (const { kind, data } of rows) {
    if (kind === 'brakeEngaged') engagings += 1;
    if (kind === 'brakeEngaged' || kind === 'brakeReleased') engaged = kind === 'brakeEngaged';
    if (engaged && kind === 'orderCreated' && roleOf(data) === 'entry') wrong.push(data);
  }
  const entries = rows.filter((row) => row.kind === 'orderCreated' && roleOf(row.data) === 'entry');
  return { wrong, engagings, entries: entries.length };
}

const roleOf = (data: unknown): unknown =>
  typeof data === 'object' && data !== null ? Reflect.get(data, 'role') : null;

test('in any order of works: no entry is made after an engaging, and nothing stays that does not close', async () => {
  const seen = { engagings: 0, entries: 0 };
  await fc.assert(
    fc.asyncProperty(story, async (chapters) => {
      const account = newId();
      const hand = handClock(Date.now() - PAST_MS);
      const venue = createSharedVenue(account, () => hand.clock.now());
      const databaseUrl = database.urls['order-gateway'];
      let gateway = await beginBraked({ databaseUrl, account, venue, hand });
      try {
        await act('open', gateway);
        for (const { acts, restarts } of chapters) {
          await Promise.all(acts.map((kind) => act(kind, gateway)));
          await gateway.quiet();
          const { brake } = gateway.journal.book;
          const open = liveTrades(gateway.journal.book);
          if (brake.status !== 'released') {
            expect(open.filter(({ closing }) => closing === null)).toEqual([]);
          }
          expect(gateway.fatal).toEqual([]);
          if (!restarts) continue;
          await gateway.kill();
          gateway = await beginBraked({ databaseUrl, account, venue, hand });
          expect(gateway.journal.book.brake).toEqual(brake);
        }
        const { wrong, engagings, entries } = await madeWhileEngaged(gateway, account);
        expect(wrong).toEqual([]);
        seen.engagings += engagings;
        seen.entries += entries;
      } finally {
        await gateway.kill();
      }
    }),
    { numRuns: CASES },
  );
  // A property without entries or engagings proves nothing.
  expect(Math.min(seen.engagings, seen.entries)).toBeGreaterThan(CASES / 5);
}, 120_000);
