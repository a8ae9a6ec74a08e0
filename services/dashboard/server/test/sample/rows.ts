import {
  audit,
  blockedSignals,
  brakeStates,
  commands,
  type Database,
  fills,
  incidents,
  orders,
  portfolioSnapshots,
  saveBars,
  saveInstruments,
  signals,
  strategySwitches,
  tradeEvents,
  trades,
} from '@ballast/db';
import {
  type Bar,
  clientOrderId,
  type Instrument,
  instrumentId,
  parseScaled,
  parseQuantity,
  parseUuid,
  type TradeId,
  uuidV7,
} from '@ballast/domain';

export const ACCOUNT = 'paper';

const LISTED: readonly [symbol: string, base: string, tick: string, lot: string, price: number][] =
  [
    ['BTCUSDT', 'BTC', '0.1', '0.001', 64_231.5],
    ['ETHUSDT', 'ETH', '0.01', '0.01', 3_148.22],
    ['SOLUSDT', 'SOL', '0.01', '0.1', 151.37],
    ['XRPUSDT', 'XRP', '0.0001', '1', 0.5821],
    ['DOGEUSDT', 'DOGE', '0.00001', '1', 0.12345],
    ['LINKUSDT', 'LINK', '0.001', '0.1', 14.212],
    ['1000PEPEUSDT', '1000PEPE', '0.0000001', '100', 0.0098213],
  ];

export const INSTRUMENTS: readonly Instrument[] = LISTED.map(([symbol, base, tick, lot]) => ({
  id: instrumentId('bybit', 'linear', symbol),
  baseCurrency: base,
  quoteCurrency: 'USDT',
  tickSize: parseScaled(tick),
  lotSize: parseScaled(lot),
  minQuantity: parseQuantity(lot),
  maxQuantity: parseQuantity('1000000'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
}));

export const START_PRICES = new Map(LISTED.map(([symbol, , , , price]) => [symbol, price]));

/** Ids that are the same in every run: the counter is the randomness. */
export function sampleId(time: number, counter: number): string {
  const bytes = new Uint8Array(10);
  new DataView(bytes.buffer).setUint32(6, counter);
  return uuidV7(time, bytes);
}

export const tradeIdOf = (time: number, counter: number): TradeId =>
  parseUuid<TradeId>(sampleId(time, counter));

/** Instruments, four hours of bars, a brake that is released and a balance: enough to plan a trade. */
export async function seedMarket(db: Database, now: number): Promise<void> {
  await saveInstruments(db, INSTRUMENTS, now);
  for (const instrument of INSTRUMENTS) await saveBars(db, walk(instrument, now));
  await db.insert(brakeStates).values({
    id: sampleId(now, 1),
    account: ACCOUNT,
    engaged: false,
    reason: 'first start',
    at: now - 7_200_000,
  });
  await db.insert(portfolioSnapshots).values({
    account: ACCOUNT,
    at: now - 60_000,
    currency: 'USDT',
    equity: parseScaled('100000'),
    available: parseScaled('92000'),
  });
}

function walk(instrument: Instrument, now: number): Bar[] {
  const symbol = instrument.id.slice(instrument.id.indexOf(':') + 1);
  const price = START_PRICES.get(symbol) ?? 1;
  const tick = Number(instrument.tickSize) / 1e18;
  const text = (value: number) => (Math.round(value / tick) * tick).toFixed(digits(tick));
  const minutes = 240;
  const last = now - (now % 60_000);
  let seed = symbol.length * 7919 + symbol.charCodeAt(0);
  const random = () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648;
  let value = price;
  const backwards: Bar[] = [];
  for (let index = 1; index <= minutes; index += 1) {
    const close = value;
    const open = close * (1 + (random() - 0.5) * 0.0016);
    value = open;
    backwards.push({
      instrument: instrument.id,
      timeframe: '1m',
      openTime: last - index * 60_000,
      open: text(open),
      close: text(close),
      high: text(Math.max(open, close) * (1 + random() * 0.0006)),
      low: text(Math.min(open, close) * (1 - random() * 0.0006)),
      volume: (random() * 50).toFixed(3),
      tradeCount: Math.ceil(random() * 200),
      source: 'trades',
    });
  }
  return backwards.reverse();
}

const digits = (tick: number): number => Math.max(0, Math.ceil(-Math.log10(tick) - 1e-9));

type Story = {
  counter: number;
  symbol: string;
  status: string;
  minutesAgo: number;
  direction: string;
};

/** One trade with its command, orders, broker calls, fills and events, as the gateway would have stored it. */
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
    target: String(price * (long ? 1.012 : 0.988)),
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
    state: {},
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
  await db
    .insert(tradeEvents)
    .values([
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

/** Signals with their gates, switches and an incident: what the other pages show. */
export async function seedDecisions(db: Database, now: number): Promise<void> {
  const gates = [
    ['buy-switch', 'off', 'on'],
    ['stale-data', '7312 ms', '5000 ms'],
    ['open-trade', '1 open', '0 open'],
  ] as const;
  for (let index = 0; index < 14; index += 1) {
    const id = sampleId(now, 5_000 + index);
    const at = now - index * 410_000 - 20_000;
    const gate = index % 4 === 3 ? null : gates[index % 3];
    await db.insert(signals).values({
      id,
      strategy: index % 2 === 0 ? 'momentum' : 'mean-reversion',
      instrument: instrumentId('bybit', 'linear', index % 3 === 0 ? 'BTCUSDT' : 'SOLUSDT'),
      direction: index % 5 === 0 ? 'short' : 'long',
      barOpenTime: at - (at % 60_000),
      decidedAt: at,
      level: { entry: 64_231.5, stop: 63_901.2, target: 64_892.1 },
      inputs: { rsi: 61.34, emaFast: 64_219.02, emaSlow: 64_101.9 },
    });
    if (gate == null) continue;
    const [name, input, threshold] = gate;
    await db
      .insert(blockedSignals)
      .values({ signalId: id, gate: name, input, threshold, blockedAt: at + 2 });
  }
  await db.insert(strategySwitches).values({
    id: sampleId(now, 6_000),
    strategy: 'momentum',
    buy: true,
    effectiveFrom: now - 5_400_000,
    actor: 'operator',
    reason: 'paper soak, week 3',
  });
  await db.insert(incidents).values({
    id: sampleId(now, 7_000),
    account: ACCOUNT,
    kind: 'TARGET_REJECTED',
    instrument: 'bybit.linear:ETHUSDT',
    detail: 'venue refused the target: price outside its band',
    evidence: { venue: { retCode: 110_003 } },
    openedAt: now - 1_260_000,
  });
}
