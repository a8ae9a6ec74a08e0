import { audit, commands, type Database, fills, orders, tradeEvents, trades } from '@ballast/db';
import {
  clientOrderId,
  instrumentId,
  type InstrumentId,
  parseScaled,
  type TradeId,
  tradePlanWire,
} from '@ballast/domain';
import { openTrade, toJson } from '@ballast/order-core';
import { ACCOUNT, INSTRUMENTS, sampleId, START_PRICES, tradeIdOf, VENUE } from './rows.ts';

type Story = {
  counter: number;
  symbol: string;
  status: string;
  minutesAgo: number;
  direction: string;
};

/**
 * One trade with its command, orders, broker calls, fills and events, as the gateway would have
 * stored it.
 */
export async function seedTrade(db: Database, now: number, story: Story): Promise<TradeId> {
  const at = now - story.minutesAgo * 60_000;
  const id = tradeIdOf(at, story.counter);
  const instrument = instrumentId('bybit', 'linear', story.symbol);
  const price = START_PRICES.get(story.symbol) ?? 1;
  const long = story.direction === 'long';
  const level = (share: number) => parseScaled((price * (1 + (long ? share : -share))).toFixed(4));
  const quantity = parseScaled(story.symbol === 'BTCUSDT' ? '0.15' : '2.5');
  const closed = story.status === 'closed';
  const denied = story.status === 'denied';
  const entry = clientOrderId(id, 'entry', 0, 0);
  const stop = clientOrderId(id, 'stop', 0, 0);
  const target = clientOrderId(id, 'target', 0, 0);
  const plan = {
    instrument,
    direction: story.direction,
    entry: { type: 'market' },
    stop: String(price * (long ? 0.994 : 1.006)),
    takeProfit: { style: 'single', target: String(price * (long ? 1.012 : 0.988)) },
    quantity: story.symbol === 'BTCUSDT' ? '0.15' : '2.5',
    origin: { kind: 'ticket' },
  };
  await db.insert(trades).values({
    id,
    account: ACCOUNT,
    instrument,
    direction: story.direction,
    status: story.status,
    origin: 'ticket',
    plan,
    state: stateOf(id, instrument, plan, at),
    quantity,
    entryPrice: denied ? null : level(0),
    realisedCum: parseScaled(closed ? '42.18' : '0'),
    feesCum: parseScaled(denied ? '0' : '1.9284'),
    createdAt: at,
    updatedAt: at + 900,
    endedAt: closed || denied ? at + 400_000 : null,
    epoch: 1,
  });
  await db.insert(commands).values({
    id: sampleId(at, story.counter + 1_000),
    producer: 'dashboard',
    nonce: story.counter.toString(16).padStart(32, '0'),
    type: 'openTrade',
    actor: 'operator',
    tradeId: id,
    body: { tradeId: id, plan },
    issuedAt: at - 40,
    expiresAt: at + 7_960,
    receivedAt: at,
  });
  const verdicts = ['BRAKE_ENGAGED', 'QUOTE_STALE', 'POSITION_SHARE'].map((rule, index) => ({
    rule,
    outcome: denied && index === 2 ? 'deny' : 'pass',
    input: index === 2 ? '19269.45 USDT' : 'released',
    limit: index === 2 ? '15000 USDT (15 % of equity)' : 'released',
    text: 'As it was when the plan was judged',
  }));
  const event = (type: string, after: number, data: object) => ({
    tradeId: id,
    type,
    data: { type, ...data },
    at: at + after,
    epoch: 1,
  });
  if (denied) {
    await db.insert(tradeEvents).values([event('tradeDenied', 2, { verdicts })]);
    return id;
  }
  const order = (clientId: string, role: string, type: string, share: number, status: string) => ({
    clientOrderId: clientId,
    tradeId: id,
    role,
    instrument,
    side: (role === 'entry') === long ? 'buy' : 'sell',
    type,
    quantity,
    price: type === 'market' ? null : level(share),
    reduceOnly: role !== 'entry',
    status,
    venueOrderId: `v-${story.counter}-${role}`,
    filledQuantityCum: status === 'filled' ? quantity : 0n,
    reason: '',
    createdAt: at + 3,
    updatedAt: at + 300,
  });
  await db
    .insert(orders)
    .values([
      order(entry, 'entry', 'market', 0, 'filled'),
      order(stop, 'stop', 'stop', -0.006, closed ? 'cancelled' : 'working'),
      order(target, 'target', 'limit', 0.012, closed ? 'filled' : 'working'),
    ]);
  const fill = (clientId: string, role: string, share: number, after: number) => ({
    venue: 'bybit',
    account: ACCOUNT,
    executionId: `x-${story.counter}-${role}`,
    clientOrderId: clientId,
    venueOrderId: `v-${story.counter}-${role}`,
    tradeId: id,
    instrument,
    side: (role === 'entry') === long ? 'buy' : 'sell',
    price: level(share),
    quantity,
    fee: parseScaled('0.9642'),
    feeCurrency: 'USDT',
    liquidity: role === 'entry' ? 'taker' : 'maker',
    channel: 'stream',
    eventTime: at + after - 12,
    bookedAt: at + after,
  });
  await db
    .insert(fills)
    .values([
      fill(entry, 'entry', 0, 82),
      ...(closed ? [fill(target, 'target', 0.012, 399_000)] : []),
    ]);
  await db.insert(tradeEvents).values([
    event('tradeOpened', 2, { verdicts }),
    event('orderCreated', 3, { clientOrderId: entry }),
    event('orderChanged', 60, {
      clientOrderId: entry,
      from: 'submitting',
      to: 'working',
      reason: '',
    }),
    event('fillBooked', 82, { clientOrderId: entry, executionId: `x-${story.counter}-entry` }),
    event('orderChanged', 82, {
      clientOrderId: entry,
      from: 'working',
      to: 'filled',
      reason: '',
    }),
    event('statusChanged', 82, { from: 'entering', to: 'open' }),
    event('orderCreated', 83, { clientOrderId: stop }),
    event('orderCreated', 83, { clientOrderId: target }),
    ...(closed ? [event('statusChanged', 399_100, { from: 'closing', to: 'closed' })] : []),
  ]);
  const call = (index: number, after: number, phase: 'before' | 'after', clientId: string) => ({
    account: ACCOUNT,
    seq: story.counter * 100 + index,
    at: at + after,
    kind: phase === 'before' ? 'brokerRequest' : 'brokerResponse',
    callId: sampleId(at, story.counter * 50 + Math.floor(index / 2)),
    tradeId: id,
    data:
      phase === 'before'
        ? { call: 'submit', request: { clientOrderId: clientId } }
        : { call: 'submit', answer: { venueOrderId: 'v-1' } },
    previousHash: '0'.repeat(64),
    hash: index.toString(16).padStart(64, '0'),
    epoch: 1,
  });
  await db
    .insert(audit)
    .values([
      call(0, 5, 'before', entry),
      call(1, 58, 'after', entry),
      call(2, 84, 'before', stop),
      call(3, 121, 'after', stop),
      call(4, 84, 'before', target),
      call(5, 133, 'after', target),
    ]);
  return id;
}

/** The state of a trade that has just been opened. */
function stateOf(id: TradeId, instrumentOf: InstrumentId, plan: unknown, at: number): unknown {
  const instrument = INSTRUMENTS.find((one) => one.id === instrumentOf);
  if (instrument === undefined) throw new Error(`${instrumentOf} is no sample`);
  const { capabilities } = VENUE;
  const about = { id, account: ACCOUNT, instrument, capabilities, plan: tradePlanWire.parse(plan) };
  return toJson(openTrade({ ...about, verdicts: [], at }).trade);
}
