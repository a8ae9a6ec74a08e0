import { instrumentId, type InstrumentId, type Quantity } from '@ballast/domain';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionDrift } from './reconcile.ts';
import { units } from './sample-trade.fixture.ts';

const [a, b, c] = ['AAA', 'BBB', 'CCC'].map((symbol) => instrumentId('model', 'linear', symbol));
if (a === undefined || b === undefined || c === undefined) throw new Error('three instruments');
const held = (instrument: InstrumentId, count: number) => ({ instrument, quantity: units(count) });

test('what one side lacks is flat there; what agrees is not named', () => {
  const ledger = new Map<InstrumentId, Quantity>([
    [a, units(1)],
    [b, units(-2)],
  ]);
  expect(positionDrift(ledger, [held(a, 1), held(c, 3)])).toEqual([
    { instrument: b, ledger: units(-2), venue: 0n },
    { instrument: c, ledger: 0n, venue: units(3) },
  ]);
});

test('flat on one side and absent on the other agree, and a wrong sign does not', () => {
  expect(positionDrift(new Map([[a, units(0)]]), [held(b, 0)])).toEqual([]);
  expect(positionDrift(new Map([[a, units(2)]]), [held(a, -2)])).toHaveLength(1);
});

test('an instrument drifts exactly when the two sides differ', () => {
  const side = fc.record({
    a: fc.integer({ min: -3, max: 3 }),
    b: fc.integer({ min: -3, max: 3 }),
  });
  fc.assert(
    fc.property(side, side, (ledger, venue) => {
      const ours = new Map([
        [b, units(ledger.b)],
        [a, units(ledger.a)],
      ]);
      const drift = positionDrift(ours, [held(b, venue.b), held(a, venue.a)]);
      const expected = [...(ledger.a === venue.a ? [] : [a]), ...(ledger.b === venue.b ? [] : [b])];
      expect(drift.map(({ instrument }) => instrument)).toEqual(expected);
    }),
  );
});
