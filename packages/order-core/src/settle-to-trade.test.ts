import { type Fill, type Price, type Quantity, parseUuid, type TradeId } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foldBooked } from './fold.ts';
import {
  accepted,
  clock,
  entry,
  fill,
  refused,
  report,
  run,
  submitted,
} from './input-samples.fixture.ts';
import { movedBy, type Position } from './ledger.ts';
import { isLive, leavesQuantity } from './order.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';
import { settleToTrade } from './settle-to-trade.ts';
import { step } from './step.ts';
import { openQuantity, type Trade } from './trade.ts';
import { bookUnattributed, openUnattributed, type Unattributed } from './unattributed.ts';

const RECORD_ID = parseUuid<TradeId>('01936c1e-0000-7000-8000-0000000000ff');
const STOP = idOf('stop');
const TARGET = idOf('target');
const EXITS = ['reduceOnly', 'reserved'] as const;

/** Bought by hand when above 0. */
type ByHand = { readonly quantity: number; readonly price?: bigint; readonly fee?: bigint };

let executions = 0;
function told({ quantity, price = 95n, fee = 0n }: ByHand): Fill {
  const sample = fill('', quantity > 0 ? 'buy' : 'sell', Math.abs(quantity));
  if (sample.type !== 'fill') throw new Error('not a fill');
  executions += 1;
  const scale = 10n ** 18n;
  const paid = { amount: fee, currency: 'USDT' };
  const id = `hand-${executions}`;
  return { ...sample.fill, executionId: id, price: (price * scale) as Price, fee: paid };
}

function recordOf(...hands: readonly ByHand[]): Unattributed {
  const { id: instrument, multiplier, baseCurrency, quoteCurrency } = INSTRUMENT;
  const terms = { multiplier, baseCurrency, quoteCurrency };
  const empty = openUnattributed({
    ...{ id: RECORD_ID, account: 'one', instrument, terms, at: START },
  });
  return hands.reduce((record, hand) => {
    const booked = bookUnattributed(record, told(hand), START);
    if (booked === null) throw new Error('not booked');
    return booked.record;
  }, empty);
}

/** A trade that has entered 10, its stop and target at work where both may be. */
function entered(direction: 'long' | 'short', exits: (typeof EXITS)[number], quantity = 10) {
  const side = direction === 'long' ? 'buy' : 'sell';
  const start = opened(planOf({ direction, quantity }), INSTRUMENT, exits);
  const open = run(start, accepted(entry), fill(entry, side, quantity), accepted(STOP));
  return exits === 'reduceOnly' ? run(open, accepted(TARGET)) : open;
}

function settled(trade: Trade, ...records: readonly Unattributed[]) {
  const answer = settleToTrade(records, trade, 'operator: mine', START + 1);
  if ('refused' in answer) throw new Error(answer.refused.detail);
  return answer;
}

const cash = ({ cost, realisedCum }: Position): bigint => cost - realisedCum;

test('what was sold by hand is booked in the trade, and its record is over', () => {
  const { trade } = entered('long', 'reduceOnly');
  const { records, result } = settled(trade, recordOf({ quantity: -4, fee: 3n }));
  const [record] = records;
  expect(record).toMatchObject({ status: 'settled', fills: [], explanation: 'operator: mine' });
  expect(record?.position).toMatchObject({ quantity: 0n, realisedCum: 0n, feesCum: {} });
  const [, hand] = result.trade.fills;
  expect(hand).toMatchObject({ side: 'sell', quantity: units(4), revision: 1, byHand: true });
  expect(openQuantity(result.trade)).toBe(units(6));
  expect(result.trade.position).toMatchObject({
    ...{ realisedCum: -20n * 10n ** 18n, feesCum: { USDT: 3n } },
  });
  expect(result.trade.status).toBe('open');
  expect(result.events).toContainEqual({
    ...{ type: 'fillAttributed', clientOrderId: '', executionId: hand?.executionId },
    ...{ revision: 1, from: RECORD_ID },
  });
});

test('exits that are too large are replaced by those of what is left', () => {
  const { trade } = entered('long', 'reserved');
  const { result } = settled(trade, recordOf({ quantity: -4 }));
  expect(result.effects).toMatchObject([{ type: 'cancel', clientOrderId: STOP }]);
  const again = run(result, report(STOP, 'cancelled'));
  expect(submitted(again)).toMatchObject([{ role: 'stop', quantity: units(6) }]);
});

test('the close that was clipped leaves nothing once the hand is counted', () => {
  const open = entered('long', 'reduceOnly');
  const closing = run(
    open,
    { type: 'closeRequested', at: START, reason: 'operator' },
    ...[report(TARGET, 'cancelled'), accepted(idOf('close')), fill(idOf('close'), 'sell', 7)],
    ...[report(idOf('close'), 'cancelled', 7), report(STOP, 'cancelled')],
  );
  expect([closing.trade.status, openQuantity(closing.trade)]).toEqual(['closing', units(3)]);
  const { result } = settled(closing.trade, recordOf({ quantity: -3 }));
  expect(result.trade).toMatchObject({ status: 'closed', endReason: 'CLOSE AND BY_HAND' });
  expect(submitted(result)).toEqual([]);
});

test('a trade that was sold whole by hand ends once its exits are gone, with its reason', () => {
  const { trade } = entered('short', 'reduceOnly');
  const { result } = settled(trade, recordOf({ quantity: 10 }));
  expect(result.effects.map(({ type }) => type)).toEqual(['cancel', 'cancel']);
  const ended = run(result, report(STOP, 'cancelled'), report(TARGET, 'cancelled'));
  expect(ended.trade).toMatchObject({ status: 'closed', endReason: 'BY_HAND' });
});

test('the rest of an entry is not wanted any more once a hand has reduced the trade', () => {
  const part = run(opened(), accepted(entry), fill(entry, 'buy', 4), accepted(STOP));
  const { result } = settled(part.trade, recordOf({ quantity: -1 }));
  expect(result.effects).toContainEqual(
    expect.objectContaining({ type: 'cancel', clientOrderId: entry }),
  );
});

test('news of such a fill is the trade’s: smaller, taken back, and never an order’s', () => {
  const { trade } = entered('long', 'reduceOnly');
  const hand = told({ quantity: -10 });
  const booked = bookUnattributed(recordOf(), hand, START);
  if (booked === null) throw new Error('not booked');
  const { result } = settled(trade, booked.record);
  const flat = run(result, report(STOP, 'cancelled'), report(TARGET, 'cancelled'));
  expect(flat.trade.status).toBe('closed');
  const at = START + 2;
  const again = step(flat.trade, { type: 'fill', at, fill: hand });
  expect(again.trade.fills, 'the same once more').toEqual(flat.trade.fills);
  const less = { ...hand, revision: 1, quantity: units(8) };
  const smaller = step(flat.trade, { type: 'fill', at, fill: less });
  expect(smaller.trade.fills.at(-1)).toMatchObject({ revision: 2, byHand: true });
  expect([smaller.trade.status, openQuantity(smaller.trade)]).toEqual(['open', units(2)]);
  expect(submitted(smaller).map(({ quantity }) => quantity)).toEqual([units(2), units(2)]);
  const none = { ...hand, revision: 2, quantity: 0n as Quantity };
  const gone = step(smaller.trade, { type: 'fill', at, fill: none });
  expect(openQuantity(gone.trade)).toBe(units(10));
});

test('a venue that numbers no revisions can correct such a fill, and its old states stay old', () => {
  const { trade } = entered('long', 'reduceOnly');
  const hand = told({ quantity: -4 });
  const less = { ...hand, quantity: units(3) };
  const first = bookUnattributed(recordOf(), hand, START);
  if (first === null) throw new Error('not booked');
  const at = START + 2;
  const { result } = settled(trade, first.record);
  const corrected = step(result.trade, { type: 'fill', at, fill: less });
  expect(corrected.trade.fills.at(-1)).toMatchObject({ revision: 2, quantity: units(3) });
  expect(openQuantity(corrected.trade)).toBe(units(7));
  const late = step(corrected.trade, { type: 'fill', at, fill: hand });
  expect(late.trade.fills).toEqual(corrected.trade.fills);

  const second = bookUnattributed(first.record, less, START);
  if (second === null) throw new Error('not booked');
  const { result: moved } = settled(trade, second.record);
  for (const fill of [hand, less, { ...less, revision: 1 }]) {
    const same = step(moved.trade, { type: 'fill', at, fill });
    expect(same.trade.fills, 'nothing new').toEqual(moved.trade.fills);
  }
  const fee = { amount: 7n, currency: 'USDT' };
  const withFee = step(moved.trade, { type: 'fill', at, fill: { ...less, revision: 2, fee } });
  expect(withFee.trade.position.feesCum, 'its fee came late').toEqual({ USDT: 7n });
});

test.each([
  ['the same side', 'NOT_A_REDUCTION', recordOf({ quantity: 2 })],
  ['nothing left', 'NOT_A_REDUCTION', recordOf({ quantity: 2 }, { quantity: -2 })],
  ['more than is held', 'QUANTITY_ABOVE_OPEN', recordOf({ quantity: -11 })],
  [
    'other terms',
    'NOT_A_REDUCTION',
    { ...recordOf({ quantity: -1 }), terms: { ...recordOf().terms, multiplier: 1n } },
  ],
])('%s is refused', (_what, code, record) => {
  const { trade } = entered('long', 'reduceOnly');
  expect(settleToTrade([record], trade, 'mine', START)).toMatchObject({ refused: { code } });
});

test('a refusal says what would be possible', () => {
  const { trade } = entered('long', 'reduceOnly');
  const leaving = run({ trade, events: [], effects: [] }, report(TARGET, 'partiallyFilled', 2));
  expect(settleToTrade([recordOf({ quantity: -9 })], leaving.trade, 'mine', START)).toEqual({
    refused: {
      code: 'QUANTITY_ABOVE_OPEN',
      detail:
        "by hand -9, the trade holds 10: at most 8 of it can be the trade's; " +
        'undo 1 at the venue and settle again, or settle without a trade',
    },
  });
});

test('a close under way that nobody clips has its quantity first', () => {
  const closing = run(
    entered('long', 'reserved'),
    { type: 'closeRequested', at: START, reason: 'operator' },
    report(STOP, 'cancelled'),
  );
  expect(submitted(closing)).toMatchObject([{ role: 'close', quantity: units(10) }]);
  const record = recordOf({ quantity: -4 });
  expect(settleToTrade([record], closing.trade, 'mine', START)).toMatchObject({
    refused: { code: 'QUANTITY_ABOVE_OPEN' },
  });
  const part = run(closing, accepted(idOf('close')), fill(idOf('close'), 'sell', 6));
  const over = run(part, report(idOf('close'), 'cancelled', 6)).trade;
  const { result } = settled({ ...over }, record);
  expect(openQuantity(result.trade)).toBe(0n);
});

test('a close that the venue has refused is in nobody’s way, and the next is of what is left', () => {
  const closing = run(
    entered('long', 'reserved'),
    { type: 'closeRequested', at: START, reason: 'operator' },
    ...[report(STOP, 'cancelled'), refused(idOf('close'))],
  );
  const { result } = settled(closing.trade, recordOf({ quantity: -4 }));
  expect(submitted(run(result, clock(START + 1_000)))).toMatchObject([
    { role: 'close', quantity: units(6) },
  ]);
});

test('an ended trade takes nothing', () => {
  const denied: Trade = { ...entered('long', 'reduceOnly').trade, status: 'closed' };
  const answer = settleToTrade([recordOf({ quantity: -1 })], denied, 'mine', START);
  expect(answer).toMatchObject({ refused: { code: 'TRADE_ENDED' } });
});

const hands = fc.array(
  fc.record({
    quantity: fc.integer({ min: -12, max: 12 }).filter((quantity) => quantity !== 0),
    price: fc.bigInt({ min: 1n, max: 200n }),
    fee: fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }),
  }),
  { minLength: 1, maxLength: 6 },
);

/** What may still leave by exits of one kind at one level, or by all where none is clipped. */
function checkExits(trade: Trade): void {
  const sums = new Map<string, bigint>();
  const isClipped = trade.capabilities.exits === 'reduceOnly';
  const wanted = Object.values(trade.orders).filter(
    ({ request, phase, ...order }) =>
      request.role !== 'entry' && isLive({ request, phase, ...order }) && !order.cancelAsked,
  );
  for (const order of wanted) {
    const { role } = order.request;
    // Where the venue clips exits, only a target that is too large is replaced.
    if (isClipped && role !== 'target') continue;
    const key = isClipped ? role : 'all';
    sums.set(key, (sums.get(key) ?? 0n) + leavesQuantity(order));
  }
  for (const [role, sum] of sums) expect(sum <= openQuantity(trade), role).toBe(true);
}

test('whatever the sizes, the account keeps its quantity, cash and fees, and exits fit', () => {
  let [taken, refused] = [0, 0];
  fc.assert(
    fc.property(
      fc.constantFrom('long', 'short'),
      fc.constantFrom(...EXITS),
      fc.integer({ min: 1, max: 30 }),
      fc.array(hands, { minLength: 1, maxLength: 2 }),
      fc.boolean(),
      (direction, exits, size, told, closes) => {
        const open = entered(direction, exits, size);
        const close = { type: 'closeRequested', at: START, reason: 'operator' } as const;
        const { trade } = closes ? run(open, close) : open;
        const records = told.map((one) => recordOf(...one));
        const answer = settleToTrade(records, trade, 'mine', START + 1);
        const sum = records.reduce((total, { position }) => total + position.quantity, 0n);
        const held = trade.position.quantity;
        const fits = sum !== 0n && sum > 0n !== held > 0n && abs(sum) <= abs(held);
        expect('refused' in answer).toBe(!fits);
        if ('refused' in answer) {
          refused += 1;
          return;
        }
        taken += 1;
        const after = answer.result.trade;
        expect(after.position).toEqual(foldBooked(after.fills, INSTRUMENT));
        const total = (of: readonly { position: Position }[]): Position =>
          of.reduce((all, { position }) => movedBy(all, NONE, position), NONE);
        const [a, b] = [total([trade, ...records]), total([after, ...answer.records])];
        expect([b.quantity, cash(b), b.feesCum]).toEqual([a.quantity, cash(a), a.feesCum]);
        expect(openQuantity(after)).toBe(abs(held + sum));
        checkExits(after);
        expect(answer.records.every(({ status }) => status === 'settled')).toBe(true);
        if (openQuantity(after) > 0n) return;
        const gone = Object.values(after.orders)
          .filter(isLive)
          .map(({ request }) => report(request.clientOrderId, 'cancelled'));
        const ended = run(answer.result, ...gone).trade;
        expect(ended.status).toBe('closed');
        expect(ended.endReason).toBe('BY_HAND');
      },
    ),
    { numRuns: 400 },
  );
  expect(taken).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(20);
});

const NONE: Position = {
  ...{ quantity: 0n as Quantity, cost: 0n, realisedCum: 0n, currency: 'USDT', feesCum: {} },
};
const abs = (value: bigint): bigint => (value < 0n ? -value : value);
