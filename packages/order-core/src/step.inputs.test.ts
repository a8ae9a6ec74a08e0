import type { VenueOrderStatus } from '@ballast/domain';
import { describe, expect, test } from 'vitest';
import type { TradeInput } from './messages.ts';
import type { OrderPhase, OrderStatus } from './order.ts';
import { idOf, INSTRUMENT, opened, START, TRADE_ID, units } from './sample-trade.fixture.ts';
import { step } from './step.ts';
import type { Trade } from './trade.ts';

/**
 * Late enough for every question of the phases below to be due, early enough for an entry to be
 * sent again.
 */
const AT = START + 20_000;
const clientOrderId = idOf('entry');
const ended = { venueOrderId: 'v1', endedAt: START, reason: '', nextAskAt: START };
const asking = { asks: 1, nextAskAt: START + 500 };

const PHASES: Record<string, OrderPhase> = {
  submitting: { status: 'submitting', since: START },
  unknown: { status: 'unknown', since: START, ...asking, venueOrderId: null },
  acknowledged: { status: 'unknown', since: START, ...asking, venueOrderId: 'v1' },
  working: { status: 'working', venueOrderId: 'v1', nextAskAt: START },
  cancelling: { status: 'cancelling', since: START, venueOrderId: 'v1', ...asking },
  filled: { status: 'filled', ...ended },
  cancelled: { status: 'cancelled', ...ended },
  rejected: { status: 'rejected', ...ended },
  expired: { status: 'expired', ...ended },
};

function report(status: VenueOrderStatus, filled = 0): TradeInput {
  return {
    type: 'report',
    at: AT,
    report: {
      clientOrderId,
      venueOrderId: 'v1',
      instrument: INSTRUMENT.id,
      status,
      side: 'buy',
      quantity: units(10),
      filledQuantityCum: units(filled),
      reason: '',
      eventTime: AT,
    },
  };
}

function fill(quantity: number): TradeInput {
  return {
    type: 'fill',
    at: AT,
    fill: {
      venue: 'model',
      account: 'one',
      executionId: `x${quantity}`,
      revision: 0,
      clientOrderId,
      venueOrderId: 'v1',
      instrument: INSTRUMENT.id,
      side: 'buy',
      price: units(100) as bigint as never,
      quantity: units(quantity),
      fee: { amount: 0n, currency: 'USDT' },
      liquidity: 'taker',
      eventTime: AT,
    },
  };
}

const INPUTS: Record<string, TradeInput> = {
  accepted: { type: 'submitAccepted', at: AT, clientOrderId, venueOrderId: 'v1' },
  refused: { type: 'submitRefused', at: AT, clientOrderId, reason: 'no' },
  notSent: { type: 'submitNotSent', at: AT, clientOrderId, reason: 'offline' },
  unclear: { type: 'submitUnclear', at: AT, clientOrderId, reason: 'timeout' },
  cancelUnclear: { type: 'cancelUnclear', at: AT, clientOrderId },
  missing: { type: 'missing', at: AT, clientOrderId },
  notFoundEarly: { type: 'notFound', at: AT, askedAt: START + 5_999, clientOrderId },
  notFoundProof: { type: 'notFound', at: AT, askedAt: START + 6_000, clientOrderId },
  reportWorking: report('working'),
  reportPartial: report('partiallyFilled', 4),
  reportFilled: report('filled', 10),
  reportCancelled: report('cancelled'),
  reportRejected: report('rejected'),
  reportExpired: report('expired'),
  fillPart: fill(4),
  fillWhole: fill(10),
  restarted: { type: 'restarted', at: AT },
  clock: { type: 'clock', at: AT },
  close: { type: 'closeRequested', at: AT, reason: 'operator' },
};

function entryIn(phase: OrderPhase): Trade {
  const { trade } = opened();
  const entry = trade.orders[clientOrderId];
  if (entry === undefined) throw new Error('a trade opens with its entry');
  return { ...trade, orders: { [clientOrderId]: { ...entry, phase } } };
}

type Row = Record<keyof typeof INPUTS, string>;
/** Next status, then what is asked of the venue for the entry: s(ubmit), c(ancel), q(uery). */
const LIVE: Record<string, Row> = {
  submitting: {
    accepted: 'working',
    refused: 'rejected',
    notSent: 'unknown',
    unclear: 'unknown q',
    cancelUnclear: 'submitting q',
    missing: 'submitting q',
    notFoundEarly: 'submitting',
    notFoundProof: 'submitting',
    restarted: 'unknown q',
    clock: 'unknown q',
    close: 'submitting',
  },
  unknown: {
    accepted: 'working',
    refused: 'rejected',
    notSent: 'unknown',
    unclear: 'unknown',
    cancelUnclear: 'unknown q',
    missing: 'unknown q',
    notFoundEarly: 'unknown',
    notFoundProof: 'submitting s',
    restarted: 'unknown q',
    clock: 'unknown q',
    close: 'unknown',
  },
  acknowledged: {
    accepted: 'working',
    refused: 'rejected',
    notSent: 'unknown',
    unclear: 'unknown',
    cancelUnclear: 'unknown q',
    missing: 'unknown q',
    notFoundEarly: 'unknown',
    notFoundProof: 'cancelled',
    restarted: 'unknown q',
    clock: 'unknown q',
    close: 'unknown',
  },
  working: {
    accepted: 'working',
    refused: 'working',
    notSent: 'working',
    unclear: 'working',
    cancelUnclear: 'working q',
    missing: 'working q',
    notFoundEarly: 'unknown q',
    notFoundProof: 'unknown q',
    restarted: 'working q',
    clock: 'working',
    close: 'cancelling c',
  },
  cancelling: {
    accepted: 'cancelling',
    refused: 'cancelling',
    notSent: 'cancelling',
    unclear: 'cancelling',
    cancelUnclear: 'cancelling q',
    missing: 'cancelling q',
    notFoundEarly: 'unknown q',
    notFoundProof: 'unknown q',
    restarted: 'cancelling q',
    clock: 'cancelling qc',
    close: 'cancelling',
  },
};
const byVenue = (working: string): Row => ({
  reportWorking: working,
  reportPartial: `${working} q`,
  reportFilled: 'filled q',
  reportCancelled: 'cancelled',
  reportRejected: 'rejected',
  reportExpired: 'expired',
  fillPart: working,
  fillWhole: 'filled',
});
const whenEnded = (status: OrderStatus): Row => ({
  ...Object.fromEntries(Object.keys(INPUTS).map((name) => [name, status])),
  reportPartial: `${status} q`,
  reportFilled: `${status} q`,
});

const TABLE = Object.entries(PHASES).flatMap(([name, phase]) => {
  const answers = LIVE[name];
  const row: Row =
    answers === undefined
      ? whenEnded(phase.status)
      : { ...answers, ...byVenue(name === 'cancelling' ? 'cancelling' : 'working') };
  return Object.entries(INPUTS).map(
    ([what, input]) => [name, what, row[what], phase, input] as const,
  );
});

test.each(TABLE)('%s order, %s: %s', (_, __, expected, phase, input) => {
  const { trade, effects } = step(entryIn(phase), input);
  const asked = effects.flatMap((effect) => {
    const id = effect.type === 'submit' ? effect.order.clientOrderId : effect.clientOrderId;
    return id === clientOrderId ? [effect.type === 'query' ? 'q' : effect.type[0]] : [];
  });
  const status = trade.orders[clientOrderId]?.phase.status ?? 'gone';
  expect([status, asked.join('')].join(' ').trim()).toBe(expected);
});

test('the table has every phase and every input', () => {
  expect(TABLE).toHaveLength(9 * 19);
  expect(TABLE.filter(([, , expected]) => expected === undefined)).toEqual([]);
});

describe('edges of time', () => {
  const at = (base: TradeInput, time: number): TradeInput => ({ ...base, at: time });
  const entry = (trade: Trade): OrderPhase | undefined => trade.orders[clientOrderId]?.phase;

  test('an entry proven absent is sent again at 30 s and not a ms later', () => {
    const unknown = entryIn({ status: 'unknown', since: START, ...asking, venueOrderId: null });
    const proof: TradeInput = { type: 'notFound', at: 0, askedAt: START + 6_000, clientOrderId };
    const again = step(unknown, at(proof, START + 30_000));
    expect(again.effects).toMatchObject([{ type: 'submit', order: { clientOrderId } }]);
    const late = step(unknown, at(proof, START + 30_001));
    expect(late.effects).toEqual([]);
    expect(entry(late.trade)).toMatchObject({ status: 'cancelled', reason: 'NOT_AT_VENUE' });
    expect(late.trade).toMatchObject({
      status: 'cancelled',
      endReason: 'ENTRY_CANCELLED: NOT_AT_VENUE',
    });
  });

  test('an order that the venue has acknowledged is never sent again', () => {
    const lost = step(entryIn({ status: 'working', venueOrderId: 'v1', nextAskAt: START }), {
      type: 'notFound',
      at: START,
      askedAt: START,
      clientOrderId,
    });
    const at = START + 6_000;
    const over = step(lost.trade, { type: 'notFound', at, askedAt: at, clientOrderId });
    expect(over.effects).toEqual([]);
    expect(entry(over.trade)).toMatchObject({ status: 'cancelled', venueOrderId: 'v1' });
  });

  test('a closing trade never sends its entry again', () => {
    const { trade } = opened();
    const unclear = step(trade, { type: 'submitUnclear', at: START, clientOrderId, reason: '' });
    const closing = step(
      unclear.trade,
      at({ type: 'closeRequested', at: 0, reason: '' }, START + 1),
    );
    const proof: TradeInput = { type: 'notFound', at: AT, askedAt: AT, clientOrderId };
    const { trade: done, effects } = step(closing.trade, proof);
    expect(effects).toEqual([]);
    expect(done.status).toBe('cancelled');
  });

  test.each([
    [7_999, 'submitting'],
    [8_000, 'unknown'],
  ])('no answer after %d ms: %s', (waited, status) => {
    const { trade } = step(opened().trade, { type: 'clock', at: START + waited });
    expect(entry(trade)?.status).toBe(status);
  });

  test('a request that never left is asked for after a pause that grows, so nothing spins', () => {
    let { trade } = opened();
    let at = START;
    const pauses: number[] = [];
    for (let count = 0; at < START + 29_000 && count < 15; count += 1) {
      trade = step(trade, { type: 'submitNotSent', at, clientOrderId, reason: 'no' }).trade;
      const phase = entry(trade);
      if (phase?.status !== 'unknown') throw new Error('not known');
      pauses.push(phase.nextAskAt - at);
      at = phase.nextAskAt;
      const asked = step(trade, { type: 'clock', at });
      expect(asked.effects).toMatchObject([{ type: 'query' }]);
      trade = step(asked.trade, { type: 'notFound', at, askedAt: at, clientOrderId }).trade;
    }
    expect(pauses.slice(0, 5)).toEqual([500, 500, 500, 750, 1_125]);
    expect(Math.max(...pauses)).toBe(8_000);
    expect(pauses.length).toBeLessThan(15);
  });

  test('the pause between two questions doubles up to 8 s', () => {
    let { trade } = step(opened().trade, { type: 'clock', at: START + 8_000 });
    const pauses: number[] = [];
    for (let count = 0; count < 7; count += 1) {
      const phase = entry(trade);
      if (phase?.status !== 'unknown') throw new Error('still unknown');
      const asked = step(trade, { type: 'clock', at: phase.nextAskAt });
      expect(asked.effects).toMatchObject([{ type: 'query' }]);
      const next = entry(asked.trade);
      if (next?.status !== 'unknown') throw new Error('still unknown');
      pauses.push(next.nextAskAt - phase.nextAskAt);
      trade = asked.trade;
    }
    expect(pauses).toEqual([2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]);
  });
});

test('an answer about an order that the trade does not have is a fault of the shell', () => {
  const { trade } = opened();
  const stranger = { ...INPUTS['accepted'], clientOrderId: idOf('stop') };
  expect(() => step(trade, stranger as TradeInput)).toThrow(`trade ${TRADE_ID} has no order`);
});
