import { parseCommand } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { sampleId } from './sample/rows.ts';

let fixture: Fixture;
let redis: Redis;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  redis = new Redis(fixture.redis.administratorUrl);
  headers = await fixture.login();
});
afterAll(async () => {
  redis.disconnect();
  await fixture.stop();
});

const sent = async (): Promise<string[]> =>
  (await redis.xrange('cmd:dashboard', '-', '+')).map(([, fields]) => fields[1] ?? '');
const tradeId = sampleId(Date.now(), 70);
const about = { instrument: 'bybit.linear:BTCUSDT', reason: 'sold by hand' };

test.each([
  ['settle', 'settleUnattributed', about],
  ['settle', 'settleUnattributed', { ...about, tradeId }],
  ['thaw', 'thawInstrument', about],
])('%s becomes the signed command %s %j', async (procedure, type, body) => {
  const before = (await sent()).length;
  const commandId = sampleId(Date.now(), 71 + before);
  const answer = await fixture.post(
    `/trpc/positions.${procedure}`,
    { commandId, ...body },
    headers,
  );
  expect(answer.status).toBe(200);
  const [payload = ''] = (await sent()).slice(before);
  expect(JSON.parse(payload)).toMatchObject({ id: commandId, type });
  expect(parseCommand(payload).body).toEqual(body);
});

test.each([
  ['settle', { ...about, tradeId: 'mine' }],
  ['thaw', { ...about, tradeId }],
])('%s %j is refused and nothing is sent', async (procedure, body) => {
  const before = (await sent()).length;
  const asked = { commandId: sampleId(Date.now(), 80), ...body };
  expect((await fixture.post(`/trpc/positions.${procedure}`, asked, headers)).status).toBe(400);
  expect(await sent()).toHaveLength(before);
});
