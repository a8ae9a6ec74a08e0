import { openBus, putState, verifySignature } from '@ballast/bus';
import { commandRefusals } from '@ballast/db';
import { COMMAND_LIFETIME_MAX_MS, commandRefusal, parseCommand } from '@ballast/domain';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COMMAND_KEY, type Fixture, startDashboard } from './dashboard.fixture.ts';
import { ACCOUNT, sampleId, VENUE } from './sample/rows.ts';
import { seedTrade } from './sample/trade-story.ts';

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

const PLAN = {
  instrument: 'bybit.linear:SOLUSDT',
  direction: 'long',
  entry: { type: 'market' },
  stop: '150.5',
  takeProfit: { style: 'single' as const, target: '153.1' },
  quantity: '10',
  origin: { kind: 'ticket' },
};

async function sentCommands(): Promise<{ payload: string; signature: string }[]> {
  const entries = await redis.xrange('cmd:dashboard', '-', '+');
  return entries.map(([, fields]) => ({ payload: fields[1] ?? '', signature: fields[3] ?? '' }));
}

test('an order becomes a signed command on the dashboard’s stream', async () => {
  const commandId = sampleId(Date.now(), 21);
  const tradeId = sampleId(Date.now(), 22);
  const answer = await fixture.post(
    '/trpc/trades.open',
    { commandId, tradeId, plan: PLAN },
    headers,
  );
  expect(answer.status).toBe(200);
  const [sent] = await sentCommands();
  expect(sent).toBeDefined();
  const { payload = '', signature = '' } = sent ?? {};
  expect(verifySignature(payload, signature, COMMAND_KEY)).toBe(true);
  const command = parseCommand(payload);
  expect(command).toMatchObject({
    id: commandId,
    producer: 'dashboard',
    actor: 'operator',
    account: ACCOUNT,
    mode: 'paper',
    type: 'openTrade',
    body: { tradeId, plan: { direction: 'long', origin: { kind: 'ticket' } } },
  });
  const lifetime = command.expiresAt - command.issuedAt;
  expect(lifetime).toBeGreaterThan(1_000);
  expect(lifetime).toBeLessThanOrEqual(COMMAND_LIFETIME_MAX_MS);
  const context = {
    producer: 'dashboard',
    account: ACCOUNT,
    mode: 'paper',
    now: Date.now(),
  } as const;
  expect(commandRefusal(command, context)).toBeNull();
});

test('sent twice it is the same command with another nonce', async () => {
  const before = (await sentCommands()).length;
  const body = {
    commandId: sampleId(Date.now(), 23),
    tradeId: sampleId(Date.now(), 24),
    plan: PLAN,
  };
  await fixture.post('/trpc/trades.open', body, headers);
  await fixture.post('/trpc/trades.open', body, headers);
  const [first, second] = (await sentCommands())
    .slice(before)
    .map((sent) => parseCommand(sent.payload));
  expect(first?.id).toBe(second?.id);
  expect(first?.nonce).not.toBe(second?.nonce);
});

test('a claim to be a strategy’s signal is not passed on', async () => {
  const before = (await sentCommands()).length;
  const origin = { kind: 'signal', signalId: sampleId(Date.now(), 25), strategy: 'momentum' };
  const body = {
    commandId: sampleId(Date.now(), 26),
    tradeId: sampleId(Date.now(), 27),
    plan: { ...PLAN, origin },
  };
  await fixture.post('/trpc/trades.open', body, headers);
  const [sent] = (await sentCommands()).slice(before);
  expect(parseCommand(sent?.payload ?? '')).toMatchObject({
    body: { plan: { origin: { kind: 'ticket' } } },
  });
});

test.each([
  ['a price that is no decimal', { ...PLAN, stop: '1e3' }, 'NOT_A_DECIMAL'],
  ['a negative quantity', { ...PLAN, quantity: '-1' }, 'QUANTITY_NEGATIVE'],
  ['NaN', { ...PLAN, takeProfit: { style: 'single', target: 'NaN' } }, 'NOT_A_DECIMAL'],
  ['a foreign instrument id', { ...PLAN, instrument: 'BTC' }, 'INSTRUMENT_ID_MALFORMED'],
])('%s is refused and nothing is sent', async (_what, plan, code) => {
  const before = (await sentCommands()).length;
  const body = { commandId: sampleId(Date.now(), 28), tradeId: sampleId(Date.now(), 29), plan };
  const answer = await fixture.post('/trpc/trades.open', body, headers);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(code);
  expect(await sentCommands()).toHaveLength(before);
});

test('the password leaves as an argon2id hash, never as itself', async () => {
  const before = (await sentCommands()).length;
  const body = { commandId: sampleId(Date.now(), 30), password: 'a long enough password' };
  expect((await fixture.post('/trpc/account.setPassword', body, headers)).status).toBe(200);
  const [sent] = (await sentCommands()).slice(before);
  expect(sent?.payload).toContain('$argon2id$v=19$m=19456,t=2,p=1$');
  expect(sent?.payload).not.toContain('long enough');
});

test('the status of a command follows what the database holds of it', async () => {
  const status = (commandId: string) => fixture.query('commands.status', { commandId }, headers);
  const data = (value: object) => ({ result: { data: value } });
  const now = Date.now();

  const waiting = sampleId(now, 40);
  await fixture.post(
    '/trpc/trades.open',
    { commandId: waiting, tradeId: sampleId(now, 41), plan: PLAN },
    headers,
  );
  expect(await status(waiting)).toMatchObject(data({ status: 'queued' }));

  await fixture.owner.insert(commandRefusals).values({
    producer: 'dashboard',
    entryId: '1-1',
    commandId: waiting,
    code: 'MODE_MISMATCH',
    detail: 'live command for paper',
    refusedAt: now,
  });
  expect(await status(waiting)).toMatchObject(data({ status: 'refused', code: 'MODE_MISMATCH' }));

  const story = { symbol: 'BTCUSDT', minutesAgo: 1, direction: 'long' };
  const open = await seedTrade(fixture.owner, now, { ...story, counter: 51, status: 'open' });
  const denied = await seedTrade(fixture.owner, now, { ...story, counter: 52, status: 'denied' });
  expect(await status(sampleId(now - 60_000, 1_051))).toMatchObject(
    data({ status: 'accepted', tradeId: open }),
  );
  expect(denied).not.toBe(open);
  expect(await status(sampleId(now - 60_000, 1_052))).toMatchObject(
    data({
      status: 'denied',
      reason: expect.stringContaining('POSITION_SHARE'),
      rules: expect.arrayContaining([expect.objectContaining({ outcome: 'deny' })]),
    }),
  );
});

test('the preview judges a plan by every rule of the gateway', async () => {
  const answer = await fixture.query('trades.previewCommand', { plan: PLAN }, headers);
  expect(answer).toMatchObject({
    result: { data: { allowed: false, verdicts: [{ rule: 'NO_PRICE', outcome: 'deny' }] } },
  });
  const limit = { ...PLAN, entry: { type: 'limit', price: '151.5' } };
  expect(await fixture.query('trades.previewCommand', { plan: limit }, headers)).toMatchObject({
    result: {
      data: {
        verdicts: expect.arrayContaining([
          expect.objectContaining({ rule: 'POSITION_SHARE', outcome: 'deny' }),
        ]),
      },
    },
  });
  await gatewaySays({ equity: '100000', available: '100000' });
  expect(await fixture.query('trades.previewCommand', { plan: limit }, headers)).toMatchObject({
    result: {
      data: {
        notional: '1515',
        maxLoss: '10',
        rewardRisk: '1.6',
        percentOfEquity: '0.01',
        verdicts: expect.arrayContaining([
          expect.objectContaining({ rule: 'POSITION_SHARE', outcome: 'pass' }),
        ]),
      },
    },
  });
});

test('the preview denies what the gateway would deny while its private stream is down', async () => {
  const limit = { ...PLAN, entry: { type: 'limit', price: '151.5' } };
  const behind = 'the private stream is down';
  await gatewaySays({ equity: '100000', available: '100000' }, behind);
  expect(await fixture.query('trades.previewCommand', { plan: limit }, headers)).toMatchObject({
    result: {
      data: {
        verdicts: expect.arrayContaining([
          expect.objectContaining({ rule: 'INSTRUMENT_FROZEN', outcome: 'deny', input: behind }),
        ]),
      },
    },
  });
});

/** The balance as the gateway publishes it each second: what the preview judges by. */
async function gatewaySays(
  balance: { equity: string; available: string },
  behind: string | null = null,
): Promise<void> {
  const bus = openBus(fixture.redis.urls['order-gateway'], 'test', fixture.log);
  await putState(bus, 'portfolio', {
    ...{ account: ACCOUNT, asOf: Date.now(), balanceAt: Date.now(), currency: 'USDT' },
    ...{ ...balance, dayPnl: '0', unrealised: '0', openRisk: '0', positions: [], behind },
    venue: VENUE,
  });
  await bus.close();
}

test('the quantity is derived from the risk and rounded down to the lot', async () => {
  const input = {
    instrument: PLAN.instrument,
    entryPrice: '151.5',
    stop: '150.5',
    riskAmount: '10.09',
  };
  expect(await fixture.query('trades.size', input, headers)).toMatchObject({
    result: { data: { quantity: '10' } },
  });
});

test('the kill switch and its way back are signed commands with a reason', async () => {
  const before = (await sentCommands()).length;
  for (const [index, action] of ['engage', 'release'].entries()) {
    const commandId = sampleId(Date.now(), 91 + index);
    const nothing = await fixture.post(
      `/trpc/brake.${action}`,
      { commandId, reason: '  ' },
      headers,
    );
    expect(nothing.status).toBe(400);
    const body = { commandId, reason: `${action} it` };
    expect((await fixture.post(`/trpc/brake.${action}`, body, headers)).status).toBe(200);
    expect((await fixture.post(`/trpc/brake.${action}`, body, {})).status).not.toBe(200);
  }
  const sent = (await sentCommands()).slice(before);
  expect(sent.map(({ payload }) => parseCommand(payload))).toMatchObject([
    { type: 'engageBrake', actor: 'operator', body: { reason: 'engage it' } },
    { type: 'releaseBrake', actor: 'operator', body: { reason: 'release it' } },
  ]);
  expect(sent.every((one) => verifySignature(one.payload, one.signature, COMMAND_KEY))).toBe(true);
});
