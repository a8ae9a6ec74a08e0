import { parsePrice } from '@ballast/domain';
import { expect, test } from 'vitest';
import { accepted, entry, fill, report, run, submitted } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, INSTRUMENT, opened, planOf, START } from './sample-trade.fixture.ts';

const close: TradeInput = { type: 'closeRequested', at: START, reason: 'operator' };
const level = parsePrice('95');
const move: TradeInput = { type: 'stopMoveRequested', at: START, level, reason: 'operator' };
const reached: TradeInput = { type: 'marketPrice', at: START, price: parsePrice('110') };

/** Protected for the 4 that were entered; the venue has no known word for the rest of the entry. */
const frozen = (exits: 'reserved' | 'reduceOnly') =>
  run(
    opened(planOf({}), INSTRUMENT, exits),
    ...[accepted(entry), fill(entry, 'buy', 4), accepted(idOf('stop'))],
    ...(exits === 'reduceOnly' ? [accepted(idOf('target'))] : []),
    report(entry, 'unrecognised', 4),
  );

test.each([
  ['closed', close],
  ['given another stop', move],
  ['at its target', reached],
])('a frozen trade that is %s keeps the exits it has: no other one can follow', (_, input) => {
  for (const exits of ['reserved', 'reduceOnly'] as const) {
    const { effects, trade } = run(frozen(exits), input);
    expect(effects, exits).toEqual([]);
    expect(trade.orders[idOf('stop')]?.phase.status).toBe('working');
  }
});

test('what was asked for while it was frozen is done once the venue is understood', () => {
  const asked = run(frozen('reserved'), close);
  const known = run(asked, report(entry, 'cancelled', 4));
  expect(known.effects).toMatchObject([{ type: 'cancel', clientOrderId: idOf('stop') }]);
  const free = run(known, report(idOf('stop'), 'cancelled'));
  expect(submitted(free)).toMatchObject([{ role: 'close' }]);
});
