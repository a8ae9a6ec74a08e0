import { parsePrice, parseScaled } from '@ballast/domain';
import { expect, test } from 'vitest';
import { accepted, fill, filledEntry, report, run, submitted } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';

const takeProfit = {
  style: 'scaled',
  targets: ['110', '120'].map((price) => {
    return { price: parsePrice(price), fraction: parseScaled('0.5') };
  }),
  breakEvenAfterFirst: false,
} as const;

function scaleOut(quantity: number): TradeInput {
  return { type: 'scaleOutRequested', at: START, quantity: units(quantity), reason: 'operator' };
}

test('what is closed and not booked is missing in one part: the stops of the others are whole', () => {
  const start = opened(planOf({ takeProfit }));
  const closed = run(
    start,
    ...filledEntry(5),
    ...[accepted(idOf('stop')), accepted(idOf('target')), scaleOut(2), accepted(idOf('close'))],
    report(idOf('close'), 'filled', 2),
  );
  const grown = run(closed, fill(idOf('entry'), 'buy', 5));
  expect(submitted(grown)).toMatchObject([
    { role: 'stop', slot: 1, quantity: units(3) },
    { role: 'target', slot: 1, quantity: units(3) },
  ]);
  const booked = run(
    ...[grown, accepted(idOf('stop', 0, 1)), accepted(idOf('target', 0, 1))],
    fill(idOf('close'), 'sell', 2),
  );
  expect(submitted(booked), 'nothing is missing once it is booked').toEqual([]);
  const ended = run(closed, report(idOf('stop'), 'cancelled'), {
    type: 'clock',
    at: START + 2_000,
  });
  expect(submitted(ended)).toMatchObject([{ role: 'stop', slot: 0, quantity: units(3) }]);
  const both = run(
    ...[grown, accepted(idOf('stop', 0, 1)), accepted(idOf('target', 0, 1))],
    ...[report(idOf('stop'), 'cancelled'), { type: 'clock', at: START + 2_000 } as const],
  );
  expect(submitted(both)).toMatchObject([{ role: 'stop', slot: 0, quantity: units(5) }]);
});

test('what a target still at the venue has sold unbooked does not hold a close back twice', () => {
  const start = opened(planOf({ takeProfit }), INSTRUMENT, 'reserved');
  const taking = run(
    start,
    ...filledEntry(),
    ...[accepted(idOf('stop')), accepted(idOf('stop', 0, 1))],
    { type: 'marketPrice', at: START, price: parsePrice('111') },
    report(idOf('stop'), 'cancelled'),
    ...[accepted(idOf('target')), report(idOf('target'), 'partiallyFilled', 2)],
  );
  const asked = run(taking, scaleOut(5), report(idOf('stop', 0, 1), 'cancelled'));
  expect(submitted(asked)).toMatchObject([{ role: 'close', quantity: units(5) }]);
});
