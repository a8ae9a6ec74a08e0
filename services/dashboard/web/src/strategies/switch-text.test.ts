import { STRATEGY_SWITCHES } from '@ballast/domain';
import { expect, test } from 'vitest';
import { switchText } from './switch-text.ts';

test('each switch says in both directions what will be, and no two say the same', () => {
  const texts = STRATEGY_SWITCHES.flatMap((name) => [
    switchText(name, true),
    switchText(name, false),
  ]);
  expect(new Set(texts).size).toBe(6);
  expect(switchText('buy', true)).toContain('may open trades');
});

test('no switch promises or hides what is not so', () => {
  expect(switchText('watchlist', true)).toContain('made and stored in any case');
  expect(switchText('watchlist', false)).toContain('its signals are blocked');
  expect(switchText('sell', true)).toContain('opened itself');
  expect(switchText('sell', false)).toContain('closes nothing');
});
