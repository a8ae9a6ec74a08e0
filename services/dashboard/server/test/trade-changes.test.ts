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
const tradeId = sampleId(Date.now(), 60);
const reason = 'half way';

test.each([
  ['close', 'closeTrade', { tradeId }],
  ['moveStop', 'moveStop', { tradeId, level: '151.5' }],
  ['moveStop', 'moveStop', { tradeId, level: 'breakEven' }],
  ['scaleOut', 'scaleOut', { tradeId, quantity: '0.5' }],
  ['scaleOut', 'scaleOut', { tradeId, fraction: '0.25' }],
  ['cancelEntry', 'cancelEntry', { tradeId }],
  ['closeAll', 'closeAll', {}],
])('%s becomes the signed command %s %j', async (procedure, type, body) => {
  const before = (await sent()).length;
  const commandId = sampleId(Date.now(), 61);
  const asked = { commandId, reason, ...body };
  const answer = await fixture.post(`/trpc/trades.${procedure}`, asked, headers);
  expect(answer.status).toBe(200);
  const [payload = ''] = (await sent()).slice(before);
  expect(JSON.parse(payload)).toMatchObject({ id: commandId, type, body: { ...body, reason } });
  expect(parseCommand(payload)).toMatchObject({ type, actor: 'operator' });
});

test.each([
  ['moveStop', { tradeId, level: '0' }],
  ['moveStop', { tradeId }],
  ['scaleOut', { tradeId, fraction: '1.5' }],
  ['scaleOut', { tradeId, fraction: '0.5', quantity: '1' }],
  ['cancelEntry', { tradeId, reason: ' ' }],
  ['closeAll', { tradeId }],
])('%s %j is refused and nothing is sent', async (procedure, body) => {
  const before = (await sent()).length;
  const asked = { commandId: sampleId(Date.now(), 62), reason, ...body };
  expect((await fixture.post(`/trpc/trades.${procedure}`, asked, headers)).status).toBe(400);
  expect(await sent()).toHaveLength(before);
});

test('nobody changes a trade without a session', async () => {
  const asked = { commandId: sampleId(Date.now(), 63), reason };
  const answer = await fixture.post('/trpc/trades.closeAll', asked);
  expect(answer.status).toBe(401);
});
