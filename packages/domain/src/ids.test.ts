import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BrokenInvariant } from './errors.ts';
import {
  clientOrderId,
  LEGS_MAX,
  type OrderRole,
  parseUuid,
  roleOfClientOrderId,
  type TradeId,
  tradeOfClientOrderId,
  uuidV7,
} from './ids.ts';

const time = fc.integer({ min: 0, max: 2 ** 48 - 1 });
const random = fc.uint8Array({ minLength: 10, maxLength: 16 });

describe('uuidV7', () => {
  test('carries its time, version 7 and variant 10, and is a valid id', () => {
    fc.assert(
      fc.property(time, random, (at, bytes) => {
        const id = uuidV7(at, bytes);
        expect(parseUuid(id)).toBe(id);
        expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(at);
        expect(id[14]).toBe('7');
        expect('89ab').toContain(id[19]);
      }),
    );
  });

  test('ids sort as they were made', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, bytesA, bytesB) => {
        fc.pre(a < b);
        expect(uuidV7(a, bytesA) < uuidV7(b, bytesB)).toBe(true);
      }),
    );
  });

  test('all 74 random bits count', () => {
    const base = new Uint8Array(10);
    const ids = new Set([uuidV7(1, base)]);
    for (let bit = 0; bit < 80; bit += 1) {
      const bytes = new Uint8Array(10);
      bytes[bit >> 3] = 1 << (bit & 7);
      ids.add(uuidV7(1, bytes));
    }
    expect(ids.size).toBe(1 + 74);
  });

  test('nine bytes are too few', () => {
    expect(() => uuidV7(1, new Uint8Array(9))).toThrow(BrokenInvariant);
  });
});

test.each([
  '',
  '01936C1E-0000-7000-8000-000000000001',
  '01936c1e00007000800000000000001',
  'x',
  ' 01936c1e-0000-7000-8000-000000000001',
  '01936c1e-0000-7000-8000-000000000001\n',
])('"%s" is no id', (text) => {
  expect(() => parseUuid(text)).toThrow(expect.objectContaining({ code: 'ID_MALFORMED' }));
});

describe('client order id', () => {
  const order = fc.record({
    trade: fc.tuple(time, random).map(([at, bytes]) => uuidV7(at, bytes) as TradeId),
    role: fc.constantFrom<OrderRole>('entry', 'stop', 'target', 'close'),
    leg: fc.nat({ max: LEGS_MAX - 1 }),
    revision: fc.nat({ max: 1_295 }),
  });
  type Named = { trade: TradeId; role: OrderRole; leg: number; revision: number };
  const idOf = ({ trade, role, leg, revision }: Named) => clientOrderId(trade, role, leg, revision);

  test('fits every venue and leads back to its trade and role', () => {
    fc.assert(
      fc.property(order, (named) => {
        const id = idOf(named);
        expect(id).toMatch(/^[a-z0-9]{36}$/);
        expect(tradeOfClientOrderId(id)).toBe(named.trade);
        expect(roleOfClientOrderId(id)).toBe(named.role);
      }),
    );
  });

  test('one order, one id: on each attempt the same, and never that of another', () => {
    const [trade] = fc.sample(
      order.map((named) => named.trade),
      { numRuns: 1, seed: 1 },
    );
    if (trade === undefined) throw new Error('one trade');
    const ids = new Set<string>();
    for (const role of ['entry', 'stop', 'target', 'close'] as const) {
      for (let leg = 0; leg < LEGS_MAX; leg += 1) {
        for (let revision = 0; revision < 1_296; revision += 5) {
          ids.add(clientOrderId(trade, role, leg, revision));
        }
      }
    }
    expect(ids.size).toBe(4 * LEGS_MAX * 260);
    fc.assert(
      fc.property(order, order, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(idOf(a) === idOf(b)).toBe(same);
        expect(idOf({ ...a })).toBe(idOf(a));
      }),
    );
  });

  test.each([
    [-1, 0],
    [LEGS_MAX, 0],
    [0, -1],
    [0, 1_296],
  ])('leg %d, revision %d is out of range', (leg, revision) => {
    const trade = parseUuid<TradeId>('01936c1e-0000-7000-8000-000000000001');
    expect(() => clientOrderId(trade, 'stop', leg, revision)).toThrow(BrokenInvariant);
  });

  test.each([
    '',
    'manual-order',
    `${'a'.repeat(32)}x000`,
    `${'a'.repeat(32)}e00`,
    `${'a'.repeat(32)}e000\n`,
    `${'A'.repeat(32)}e000`,
  ])('"%s" is not one of ours', (id) => {
    expect(tradeOfClientOrderId(id)).toBeNull();
    expect(roleOfClientOrderId(id)).toBeNull();
  });
});
