import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { seedQuality } from './sample/quality.ts';

let fixture: Fixture;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  await seedQuality(fixture.owner, Date.now());
  headers = await fixture.login();
});
afterAll(() => fixture.stop());

const ask = (input: object) => fixture.query('data.quality', input, headers);
const shows = (data: object) => ({ result: { data } });

test('the records of the last hours, and how often each rule was broken', async () => {
  expect(await ask({ hours: 24 })).toMatchObject(
    shows({
      rules: [
        { rule: 'CLOCK_SKEW', records: 1, breaches: 40 },
        { rule: 'CROSSED_QUOTE', records: 2, breaches: 16 },
        { rule: 'PRICE_NOT_POSITIVE', records: 1, breaches: 1 },
      ],
      records: [
        { rule: 'CROSSED_QUOTE', instrument: 'bybit.linear:BTCUSDT', count: 14 },
        { rule: 'PRICE_NOT_POSITIVE', evidence: expect.stringContaining('"price": "0"') },
        { rule: 'CROSSED_QUOTE', instrument: 'bybit.linear:SOLUSDT' },
        { rule: 'CLOCK_SKEW', instrument: '*' },
      ],
      more: 0,
    }),
  );
});

test('one rule keeps the sums of the others; a name is found in part and in any case', async () => {
  expect(await ask({ hours: 48, rule: 'FEED_FIELD_INVALID' })).toMatchObject(
    shows({ rules: { length: 4 }, records: [{ rule: 'FEED_FIELD_INVALID' }] }),
  );
  expect(await ask({ hours: 48, search: ' ethUSD ' })).toMatchObject(
    shows({ rules: { length: 1 }, records: [{ instrument: 'bybit.linear:ETHUSDT' }] }),
  );
});

test.each([
  { hours: 0 },
  { hours: 721 },
  { hours: 1, rule: 'x'.repeat(65) },
  { hours: 1, other: 1 },
  { hours: 1, search: 'a\u0000b' },
  { hours: 1, rule: '\u0000' },
])('%j is refused', async (input) => {
  expect(await ask(input)).toMatchObject({ error: { data: { code: 'BAD_REQUEST' } } });
});

test('what the store says is told without the query that it was asked', async () => {
  await fixture.owner.pool.query('ALTER TABLE quality_records RENAME TO elsewhere');
  const answer = await ask({ hours: 24 });
  await fixture.owner.pool.query('ALTER TABLE elsewhere RENAME TO quality_records');
  expect(answer).toMatchObject({
    error: {
      message: 'relation "quality_records" does not exist',
      data: { code: 'INTERNAL_SERVER_ERROR' },
    },
  });
});
