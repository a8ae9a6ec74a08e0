import {
  type InstrumentId,
  instrumentId,
  parseMoney,
  parsePrice,
  parseQuantity,
  parseScaled,
  parseSignedQuantity,
  parseUuid,
  type Quantity,
  type TradeId,
  type Quote,
  type TradePlan,
  type VenueCapabilities,
} from '@ballast/domain';
import {
  assess,
  openTrade,
  openUnattributed,
  type RiskFacts,
  settleUnattributed,
  toJson,
} from '@ballast/order-core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { portfolioState } from '../live/portfolio.ts';
import { previewFacts } from './preview-facts.ts';
import { previewPlan } from './preview.ts';

const NOW = 1_700_000_000_000;
const BTC = instrumentId('bybit', 'linear', 'BTCUSDT');
const ETH = instrumentId('bybit', 'linear', 'ETHUSDT');
const instrument = {
  id: BTC,
  baseCurrency: 'BTC',
  quoteCurrency: 'USDT',
  tickSize: parseScaled('0.1'),
  lotSize: parseScaled('0.001'),
  minQuantity: parseQuantity('0.001'),
  maxQuantity: parseQuantity('100'),
  minNotional: parseScaled('5'),
  multiplier: parseScaled('1'),
  sector: 'crypto',
  session: 'continuous',
} as const;
const capabilities: VenueCapabilities = {
  markets: [{ market: 'bybit.linear', endings: null }],
  exits: 'reduceOnly',
  shorting: false,
  postOnly: false,
  timesInForce: ['gtc'],
  requestSettlesMs: 5_000,
  executionsKeptMs: 86_400_000,
};
const id = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');

/** What the gateway publishes each second, and the dashboard reads from the bus. */
const said = {
  ...{ account: 'paper', asOf: NOW, balanceAt: NOW, currency: 'USDT', equity: '100000' },
  ...{ available: '100000', dayPnl: '0', unrealised: '0', openRisk: '0', positions: [] },
  ...{ behind: null, venue: { capabilities, quietWindow: null } },
};
const quote: Quote = {
  source: 'bybit',
  ...{ instrument: BTC, bid: '49999.9', bidQuantity: '1', ask: '50000.1', askQuantity: '1' },
  ...{ last: '50000', eventTime: NOW, receivedTime: NOW },
};
const history = { realisedToday: [], results: [], recentPlans: [] };
const stored = {
  ...{ instrument, instruments: [instrument, { ...instrument, id: ETH }], frozen: null, history },
  coverage: null,
  ...{ openTradeStates: [] as unknown[], openUnattributedStates: [] as unknown[] },
  ledger: new Map<InstrumentId, { quantity: Quantity; cost: bigint }>(),
  brake: 'released',
} as const;

type Change = Partial<Pick<typeof stored, 'openTradeStates' | 'openUnattributedStates' | 'ledger'>>;

function factsOf({ said: told, ...change }: Change & { said?: object } = {}): RiskFacts {
  return previewFacts({
    stored: { ...stored, ...change },
    portfolio: portfolioState.parse({ ...said, ...told }),
    quoteOf: () => quote,
    now: NOW,
  });
}

const planOf = (change: Partial<TradePlan> = {}): TradePlan => ({
  instrument: BTC,
  direction: 'long',
  entry: { type: 'market' },
  entryExpiresAt: null,
  stop: parsePrice('49500'),
  takeProfit: { style: 'single', target: parsePrice('50500') },
  quantity: parseQuantity('0.1'),
  origin: { kind: 'ticket' },
  ...change,
});

/** The trade that the gateway makes of these verdicts; its first event is what it stores. */
function gatewayOn(plan: TradePlan, facts: RiskFacts) {
  const verdicts = assess(plan, facts);
  const about = { id, account: 'paper', plan, instrument, capabilities };
  return openTrade({ ...about, verdicts, at: NOW });
}

test('the preview says of any plan what the gateway would store of it', () => {
  const tenths = fc.integer({ min: 1, max: 1_000_000 }).map((n) => parsePrice(`${n / 10}`));
  const plans = fc.record({
    direction: fc.constantFrom('long' as const, 'short' as const),
    stop: tenths,
    quantity: fc.integer({ min: 0, max: 2_000 }).map((n) => parseQuantity(`${n / 1_000}`)),
    entry: fc.oneof(
      fc.constant({ type: 'market' } as const),
      tenths.map((triggerPrice) => ({ type: 'stop', triggerPrice }) as const),
      fc.record({
        type: fc.constant('limit' as const),
        price: tenths,
        timeInForce: fc.constantFrom('gtc' as const, 'day' as const),
        postOnly: fc.boolean(),
      }),
    ),
  });
  const equities = fc.integer({ min: -10, max: 1_000_000 }).map(String);
  let [allowed, denied] = [0, 0];
  const judge = (change: Partial<TradePlan>, equity: string): void => {
    const plan = planOf(change);
    const facts = factsOf({ said: { equity } });
    const preview = previewPlan(facts, plan, null);
    const { trade, events } = gatewayOn(plan, facts);
    expect(events[0]).toMatchObject({ verdicts: preview.verdicts });
    expect(trade.status === 'denied').toBe(!preview.allowed);
    if (preview.allowed) allowed += 1;
    else denied += 1;
  };
  judge({}, '100000');
  fc.assert(fc.property(plans, equities, judge));
  expect([allowed > 0, denied > 0]).toEqual([true, true]);
});

test('a gateway that has gone silent has said nothing of balance and venue', () => {
  const { balance, venue } = factsOf({ said: { asOf: NOW - 4_001 } });
  expect([balance, venue]).toEqual([null, null]);
  const last = factsOf({ said: { asOf: NOW - 4_000 } });
  expect(last.balance?.equity).toEqual(parseMoney('100000', 'USDT'));
  expect(last.venue?.capabilities).toEqual(capabilities);
});

test('what the gateway’s broker does not trade is denied by both, as unknown', () => {
  const markets = [{ market: 'alpaca.stock', endings: null }];
  const facts = factsOf({
    said: { venue: { ...said.venue, capabilities: { ...capabilities, markets } } },
  });
  const { allowed, verdicts } = previewPlan(facts, planOf(), null);
  expect(allowed).toBe(false);
  expect(verdicts).toMatchObject([
    { rule: 'INSTRUMENT_UNKNOWN', input: BTC, limit: 'an instrument of alpaca.stock' },
  ]);
  const { trade, events } = gatewayOn(planOf(), facts);
  expect([trade.status, events[0]]).toMatchObject(['denied', { verdicts }]);
});

test('a gateway of before says nothing of its venue, which denies', () => {
  const facts = factsOf({ said: { venue: undefined } });
  expect(facts.venue).toBeNull();
  expect(previewPlan(facts, planOf(), null).allowed).toBe(false);
});

test('stored open trades count with what they bind', () => {
  const { trade } = gatewayOn(planOf(), factsOf());
  const facts = factsOf({ openTradeStates: [toJson(trade)] });
  expect(facts.openTrades).toMatchObject([
    { tradeId: id, sector: 'crypto', strategy: null, notional: parseMoney('5000.01', 'USDT') },
  ]);
});

test('a trade that is younger than the balance is taken from it, as the gateway does', () => {
  const openTradeStates = [toJson(gatewayOn(planOf(), factsOf()).trade)];
  const availableAt = (balanceAt: number) =>
    factsOf({ openTradeStates, said: { balanceAt } }).balance?.available;
  expect(availableAt(NOW)).toEqual(parseMoney('94999.99', 'USDT'));
  expect(availableAt(NOW + 1)).toEqual(parseMoney('100000', 'USDT'));
});

test('what nobody holds any more counts in the preview too', () => {
  const short = { quantity: parseSignedQuantity('-0.5'), cost: parseScaled('-25000') };
  const facts = factsOf({ ledger: new Map([[ETH, short]]) });
  expect(facts.unattributed).toEqual([
    { instrument: ETH, sector: 'crypto', notional: parseMoney('25000', 'USDT') },
  ]);
});

test('what the operator carries counts in the preview too', () => {
  const { multiplier, baseCurrency, quoteCurrency } = instrument;
  const terms = { multiplier, baseCurrency, quoteCurrency };
  const named = { id, account: 'paper', instrument: ETH, terms, at: NOW - 1 };
  const amounts = { quantity: parseQuantity('0.5'), cost: parseScaled('25000') };
  const empty = openUnattributed(named);
  const record = { ...empty, position: { ...empty.position, ...amounts } };
  const carried = toJson(settleUnattributed(record, 'mine', NOW));
  const facts = factsOf({ openUnattributedStates: [carried] });
  expect(facts.unattributed).toEqual([
    { instrument: ETH, sector: 'crypto', notional: parseMoney('25000', 'USDT') },
  ]);
  const denied = previewPlan(facts, planOf(), null).verdicts.filter(
    ({ outcome }) => outcome === 'deny',
  );
  expect(denied.map(({ rule }) => rule)).toEqual(['SECTOR_EXPOSURE']);
});
