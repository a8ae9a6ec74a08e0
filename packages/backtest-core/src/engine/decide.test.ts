import { parseScaled } from '@ballast/domain';
import { gateConfiguration, SAYS } from '@ballast/strategies';
import { expect, test } from 'vitest';
import { barsOf, BEGIN, HOUR, instrument, options, scripted } from './made-bars.fixture.ts';
import { runBacktest } from './run.ts';

const BTC = instrument();
const QUIET = [100, 101, 99, 100] as const;
/** A thousandth of the equity at the stop: far less than may be bound. */
const sizing = { risk: parseScaled('0.001'), notional: parseScaled('0.9'), volume: null };

test('an entry against something held is as large as on its close, whatever the bar has done', () => {
  const rise = [100, 109, 100, 108] as const;
  const bars = barsOf([QUIET, QUIET, rise, [108, 108, 96, 97], QUIET]);
  const model = scripted({ 0: SAYS.enterLong, 2: SAYS.enterLong }, { stop: 10, target: 19 });
  const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
  for (const memory of [null, { checkedOneIn: 1 }]) {
    const { blocked } = runBacktest([series], options({ sizing, memory }));
    // What loses 100 between 108 and 98; at the bar's open of 100 it would lose 500.
    const counterfactual = { exit: 'stop', realised: -100, leftAt: BEGIN + 3 * HOUR };
    expect(blocked).toMatchObject([{ gate: 'position-cap', counterfactual }]);
  }
});

test('one whose price has come from beyond its own stop within the bar has a size', () => {
  const bars = barsOf([QUIET, QUIET, [100, 116, 100, 115], [115, 115, 104, 104], QUIET]);
  const model = scripted({ 0: SAYS.enterLong, 2: SAYS.enterLong }, { stop: 10, target: 19 });
  const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
  const { blocked } = runBacktest([series], options({ sizing }));
  expect(blocked).toMatchObject([{ counterfactual: { exit: 'stop', realised: -100 } }]);
});

test('an entry that the rules deny was asked for: the strategy waits as after any other', () => {
  const bars = barsOf([QUIET, QUIET, QUIET, QUIET, QUIET]);
  const model = scripted({ 0: SAYS.enterLong, 1: SAYS.enterLong, 2: SAYS.enterLong });
  const series = { instrument: BTC, timeframe: '1h', bars, model } as const;
  const gates = gateConfiguration({ cooldownMs: 2 * HOUR });
  const { limits } = options();
  const denying = { ...limits, openTradesMax: 0 };
  const { blocked } = runBacktest([series], options({ gates, limits: denying }));
  expect(blocked.map(({ gate }) => gate)).toEqual(['gateway', 'cooldown', 'gateway']);
});
