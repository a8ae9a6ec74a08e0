import { expect, test } from 'vitest';
import { accepted, entry, filledEntry, report, run } from './input-samples.fixture.ts';
import type { StepResult } from './open-trade.ts';
import { idOf, opened } from './sample-trade.fixture.ts';

const told = { type: 'stateRecognised', clientOrderId: entry };
const namesOf = ({ events }: StepResult): string[] => events.map(({ type }) => type);

/** Protected, its entry ended. */
const ended = () => run(opened(), ...filledEntry(), accepted(idOf('stop')));

test('a strange word for an ended order is over once the venue says one we know', () => {
  const strange = run(ended(), report(entry, 'unrecognised', 10));
  expect(strange.events).toMatchObject([{ type: 'incident', kind: 'STATE_UNRECOGNISED' }]);
  expect(run(strange, report(idOf('stop'), 'working')).events, 'of another order').toEqual([]);
  const known = run(strange, report(entry, 'filled', 10));
  expect(known.events).toEqual([told]);
  expect(run(known, report(entry, 'filled', 10)).events, 'said once').toEqual([]);
});

test('one for an order that may still trade is over with its end too', () => {
  const strange = run(opened(), accepted(entry), report(entry, 'unrecognised'));
  expect(namesOf(run(strange, report(entry, 'cancelled')))).toContain('stateRecognised');
  const filled = run(strange, ...filledEntry().slice(1));
  expect(filled.events).toContainEqual(told);
});
