import { encode } from '@msgpack/msgpack';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FeedFault } from '../faults.ts';
import { CREDENTIALS, frame, route, tradeItem } from './scripted-stream.fixture.ts';
import { createStreamProtocol } from './stream-protocol.ts';

const NOW = 1_800_000_000_000;

function open() {
  const faults: [FeedFault, string][] = [];
  const fault = (code: FeedFault, sample: string): void => void faults.push([code, sample]);
  const protocol = createStreamProtocol({ send: () => undefined, fault }, CREDENTIALS, 1_000);
  protocol.setRoutes([route('AAPL')], NOW);
  protocol.onOpen(NOW);
  return { protocol, faults };
}

const value = fc.oneof(
  fc.double(),
  fc.integer(),
  fc.bigInt(0n, 2n ** 64n - 1n),
  fc.string({ maxLength: 8 }),
  fc.constantFrom(null, true, 0, -0, 126.55, 1e-7, 1e300),
  fc.array(fc.string({ maxLength: 3 }), { maxLength: 3 }),
  fc.date({ noInvalidDate: true }),
  fc.constant({ toString: 'x', valueOf: 1 }),
);
const names = ['i', 'x', 'p', 's', 'c', 't', 'z', 'bp', 'bs', 'ap', 'as', 'o', 'h', 'l', 'v', 'n'];
const more = ['oi', 'ci', 'cp', 'cs', 'cc', 'tks', 'code', 'msg', 'trades', 'quotes', 'bars'];
const kinds = ['t', 'q', 'b', 'u', 'd', 'c', 'x', 's', 'success', 'subscription', 'error', 'ß'];
const item = fc
  .tuple(
    fc.oneof(fc.constantFrom(...kinds), value),
    fc.oneof(fc.constantFrom('AAPL', 'GME'), value),
    fc.dictionary(fc.constantFrom(...names, ...more), value),
  )
  .map(([T, S, fields]) => ({ ...fields, T, S }));

test('no frame makes it throw, and what it tells is whole', () => {
  fc.assert(
    fc.property(fc.array(item, { maxLength: 4 }), (items) => {
      const { protocol } = open();
      const bytes = Buffer.from(encode(items, { useBigInt64: true }));
      const outcome = protocol.read(null, bytes, NOW);
      if (outcome.kind !== 'data') return;
      for (const event of outcome.events) {
        if (event.kind !== 'trade') continue;
        expect(event.trade.price).toMatch(/^\d+(\.\d{1,4})?$/);
        expect(event.trade.eventTime).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test('no bytes make it throw: cut, changed and any at all', () => {
  const trade = { price: '100.15', quantity: '2', eventTime: NOW, id: '9' };
  const whole = frame(tradeItem('AAPL', trade), { T: 'success', msg: 'authenticated' });
  const { protocol } = open();
  const changed = fc
    .tuple(fc.nat(whole.length - 1), fc.nat(255), fc.nat(whole.length))
    .map(([at, byte, end]) => {
      const copy = Buffer.from(whole);
      copy[at] = byte;
      return copy.subarray(0, end);
    });
  const any = fc.uint8Array({ maxLength: 64 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(changed, any), (bytes) => {
      expect(protocol.read(null, bytes, NOW).kind).toMatch(/^(data|answer|refused|unusable)$/);
    }),
    { numRuns: 1_000 },
  );
});
