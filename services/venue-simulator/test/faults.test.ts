import { FAULT_NAMES } from '@ballast/sim-core';
import { describe, expect, test } from 'vitest';
import { IMPOSSIBLE } from '../src/fault-venues.ts';
import { ALPACA } from './fault-alpaca.fixture.ts';
import { BYBIT } from './fault-bybit.fixture.ts';
import { IBKR } from './fault-ibkr.fixture.ts';
import { openKit } from './fault-kit.fixture.ts';
import { SCENARIOS } from './fault-scenarios.fixture.ts';

describe.each([BYBIT, ALPACA, IBKR])('$name', (venue) => {
  const cannot = IMPOSSIBLE[venue.name];

  test.each(FAULT_NAMES.filter((fault) => cannot[fault] === undefined))('%s', async (fault) => {
    const kit = await openKit(venue);
    await SCENARIOS[fault](kit);
    expect(kit.opened.plan.counts.get(fault)).toBeGreaterThan(0);
    expect(kit.simulator.failures).toEqual([]);
  });

  test.each(Object.entries(cannot))('cannot have %s: %s', async (fault, why) => {
    const kit = await openKit(venue);
    await expect(kit.post({ fault })).rejects.toThrow(why);
    expect([...kit.opened.plan.counts.values()].every((count) => count === 0)).toBe(true);
  });
});
