import type { TradeRecord } from '@ballast/db';
import { expect, test } from 'vitest';
import { buildTimeline } from './build-timeline.ts';

const TRADE = '01a1fbe0-049b-7000-8000-000000000003';
const ENTRY = 'entry-id';

const auditRow = (seq: number, at: number, kind: string, data: object, callId: string | null) => ({
  account: 'paper',
  seq,
  at,
  kind,
  callId,
  tradeId: TRADE,
  data,
  previousHash: '',
  hash: '',
  epoch: 1,
});

function record(part: Partial<TradeRecord>): TradeRecord {
  const trade: TradeRecord['trade'] = {
    id: TRADE,
    instrument: 'bybit.linear:BTCUSDT',
    direction: 'long',
    status: 'open',
    origin: 'ticket',
    plan: {},
    quantity: '1',
    entryPrice: null,
    enteredQuantityCum: '0',
    averageEntryPrice: null,
    averageExitPrice: null,
    realisedCum: '0',
    feesCum: '0',
    createdAt: 0,
    updatedAt: 0,
    endedAt: null,
    endReason: null,
  };
  const orders = [
    {
      clientOrderId: ENTRY,
      tradeId: TRADE,
      role: 'entry',
      instrument: trade.instrument,
      side: 'buy',
      type: 'market',
      quantity: '1',
      price: null,
      triggerPrice: null,
      reduceOnly: false,
      status: 'working',
      venueOrderId: null,
      filledQuantityCum: '0',
      reason: '',
      createdAt: 0,
      updatedAt: 0,
    },
  ];
  const empty = {
    signals: [],
    commands: [],
    refusals: [],
    events: [],
    fills: [],
    audit: [],
    incidents: [],
  };
  return { trade, orders, ...empty, ...part };
}

const request = { call: 'submit', request: { clientOrderId: ENTRY } };

test('the two audit rows of a broker call become one line with its answer and time', () => {
  const audit = [
    auditRow(1, 10, 'brokerRequest', request, 'a'),
    auditRow(2, 63, 'brokerResponse', { call: 'submit', answer: {} }, 'a'),
  ];
  const rows = buildTimeline(record({ audit }));
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    at: 10,
    tone: 'neutral',
    text: 'submit entry order (buy 1 at market): answered in 53 ms',
  });
});

test('a call without an answer and one with an unclear end are warnings, a refusal is bad', () => {
  const error = (kind: string) => ({ call: 'submit', error: { kind, code: 'C', message: 'm' } });
  const tones = (audit: ReturnType<typeof auditRow>[]) =>
    buildTimeline(record({ audit })).map((row) => row.tone);
  const before = auditRow(1, 10, 'brokerRequest', request, 'a');
  expect(tones([before])).toEqual(['warn']);
  expect(tones([before, auditRow(2, 11, 'brokerResponse', error('unknownOutcome'), 'a')])).toEqual([
    'warn',
  ]);
  expect(tones([before, auditRow(2, 11, 'brokerResponse', error('permanent'), 'a')])).toEqual([
    'bad',
  ]);
});

test('a cancel that finds its order gone is a warning: so do most trades end', () => {
  const cancel = { call: 'cancel', request: { clientOrderId: ENTRY } };
  const error = { kind: 'rejected', code: 'BYBIT_110001', message: 'order not exists' };
  const audit = [
    auditRow(1, 10, 'brokerRequest', cancel, 'a'),
    auditRow(2, 24, 'brokerResponse', { call: 'cancel', error }, 'a'),
  ];
  expect(buildTimeline(record({ audit }))[0]).toMatchObject({
    tone: 'warn',
    text: 'cancel entry order: rejected BYBIT_110001 in 14 ms (order not exists)',
  });
});

test('rows of one moment stand in the order in which one causes the next', () => {
  const at = 5;
  const event = (seq: number, type: string, data: object) => ({
    seq,
    tradeId: TRADE,
    type,
    data,
    at,
    epoch: 1,
  });
  const fill = {
    venue: 'bybit',
    account: 'paper',
    executionId: 'x',
    revision: 0,
    clientOrderId: ENTRY,
    venueOrderId: 'v',
    tradeId: TRADE,
    instrument: 'bybit.linear:BTCUSDT',
    side: 'buy',
    price: 64_231_500_000_000_000_000_000n,
    quantity: 150_000_000_000_000_000n,
    fee: 1n,
    feeCurrency: 'USDT',
    liquidity: 'taker',
    channel: 'stream',
    eventTime: at,
    bookedAt: at,
  };
  const rows = buildTimeline(
    record({
      fills: [fill],
      audit: [auditRow(9, at, 'tradeOpened', {}, null)],
      events: [
        event(1, 'statusChanged', { from: 'entering', to: 'open' }),
        event(2, 'fillBooked', { clientOrderId: ENTRY }),
        event(3, 'orderCreated', { clientOrderId: ENTRY }),
        event(4, 'tradeOpened', { verdicts: [] }),
      ],
    }),
  );
  expect(rows.map((row) => row.kind)).toEqual(['decision', 'order', 'fill', 'status', 'audit']);
  expect(rows[1]?.text).toBe('Entry order created: buy 1 at market');
  expect(rows[2]?.text).toContain('Entry filled: buy 0.15 at 64231.5');
  expect(JSON.stringify(rows[2]?.data)).toContain('"price":"64231.5"');
});

test('what the venue corrects or takes back is told as that, not as one more fill', () => {
  const fill = (revision: number, price: bigint, quantity: bigint, fee: bigint) => ({
    ...{ venue: 'ibkr', account: 'paper', executionId: 'x', revision, price, quantity, fee },
    ...{ clientOrderId: ENTRY, venueOrderId: 'v', tradeId: TRADE, instrument: 'ibkr.stock:AAPL' },
    ...{ side: 'buy', feeCurrency: 'USD', liquidity: 'taker', channel: 'sweep' },
    ...{ eventTime: 5, bookedAt: 5 + revision },
  });
  const one = 10n ** 18n;
  const event = (seq: number, type: string) => {
    const data = { clientOrderId: ENTRY, executionId: 'x' };
    return { seq, tradeId: TRADE, type, data, at: seq, epoch: 1 };
  };
  const rows = buildTimeline(
    record({
      fills: [
        fill(5, 101n * one, 0n, one),
        fill(0, 100n * one, one, 0n),
        fill(2, 100n * one, one, one),
        fill(4, 101n * one, one, one),
      ],
      events: [event(5, 'fillBooked'), event(7, 'fillRevised'), event(9, 'fillRevised')],
    }),
  );
  expect(rows.map(({ text, tone }) => [tone, text])).toEqual([
    ['good', 'Entry filled: buy 1 at 100, fee 0 USD, taker, by sweep'],
    ['neutral', 'Entry fill: fee 1 USD, by sweep'],
    ['warn', 'Entry fill corrected by the venue to buy 1 at 101, fee 1 USD, taker, by sweep'],
    ['warn', 'Entry fill taken back by the venue: execution x, by sweep'],
  ]);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
});

test('a denial names the rules with what they saw and allow', () => {
  const verdicts = [
    { rule: 'POSITION_SHARE', outcome: 'deny', input: '20', limit: '15', text: 't' },
  ];
  const events = [
    { seq: 1, tradeId: TRADE, type: 'tradeDenied', data: { verdicts }, at: 1, epoch: 1 },
  ];
  const [row] = buildTimeline(record({ events }));
  expect(row).toMatchObject({ tone: 'bad', text: 'Denied: POSITION_SHARE (20; limit 15)' });
});

test('what the operator changed is told with its amounts and its reason', () => {
  const event = (seq: number, type: string, data: object) => {
    return { seq, tradeId: TRADE, type, data, at: seq, epoch: 1 };
  };
  const rows = buildTimeline(
    record({
      events: [
        event(1, 'stopMoved', { from: '#90', to: '#95.5', reason: 'operator: half way' }),
        event(2, 'scaleOutAsked', { quantity: '#0.5', reason: 'operator: half off' }),
        event(3, 'entryStopped', { reason: 'operator: too late' }),
        event(4, 'fillAttributed', { executionId: 'x-9', from: 'record', revision: 1 }),
      ],
    }),
  );
  expect(rows.map(({ text }) => text)).toEqual([
    'Stop moved from 90 to 95.5: operator: half way',
    'Scale out of 0.5 asked for: operator: half off',
    'Entry stopped: operator: too late',
    'Made by hand, says the operator: execution x-9',
  ]);
});
