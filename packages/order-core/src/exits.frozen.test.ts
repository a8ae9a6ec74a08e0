import { parsePrice } from '@ballast/domain';
import { expect, test } from 'vitest';
import { accepted, clock, entry, fill, report, run, submitted } from './input-samples.fixture.ts';
import type { TradeInput } from './messages.ts';
import { idOf, INSTRUMENT, opened, planOf, START, units } from './sample-trade.fixture.ts';

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

/** Of the 4 that were entered the venue takes back all but so many. */
function takenBack(to: number, known: boolean) {
  const bought = fill(entry, 'buy', 4);
  if (bought.type !== 'fill') throw new Error('not a fill');
  const corrected = { ...bought.fill, quantity: units(to), revision: 1 };
  const start = opened(planOf({}), INSTRUMENT, 'reserved');
  const held = run(start, accepted(entry), bought, accepted(idOf('stop')));
  const asked = known ? held : run(held, report(entry, 'unrecognised', 4));
  return run(asked, { ...bought, fill: corrected });
}

test.each([
  ['some, while frozen', 2, false],
  ['all, while frozen', 0, false],
  ['all, while more may be entered', 0, true],
])('exits that nothing clips never exceed what a correction leaves: %s', (_, to, known) => {
  const less = takenBack(to, known);
  expect(less.effects).toMatchObject([{ type: 'cancel', clientOrderId: idOf('stop') }]);
  expect(run(less, clock(START)).effects, 'asked once').toEqual([]);
});

test('a frozen trade that lost its stop so is told, and covered once the venue is understood', () => {
  const bare = run(takenBack(2, false), report(idOf('stop'), 'cancelled'));
  const told = run(bare, clock(START), clock(START + 60_000));
  const stopped = { type: 'entryStopped', reason: 'UNPROTECTED' };
  expect(told.events).toMatchObject([stopped, { type: 'protectionLost' }]);
  const known = run(told, report(entry, 'cancelled', 4));
  expect(submitted(known)).toMatchObject([{ role: 'stop', quantity: units(2) }]);
});
