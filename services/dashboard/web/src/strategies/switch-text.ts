import type { StrategySwitch } from '@ballast/domain';

const TEXTS: Record<StrategySwitch, { on: string; off: string }> = {
  watchlist: {
    on: 'With its next signal its soak begins. Its signals are made and stored in any case.',
    off:
      'Its soak ends, and begins anew when it is watched again. Where buy is on without an ' +
      'override, its signals are blocked until that one is over.',
  },
  buy: {
    on: 'Its signals may open trades from now on, with the pre-trade rules in force.',
    off: 'Its signals are blocked and recorded from now on. Open trades keep their exits.',
  },
  sell: {
    on: 'Its word may close what it has opened itself, from now on.',
    off: 'Its word closes nothing, and is kept as blocked. Stops and targets work on.',
  },
};

/** What the operator is about to do with a switch. */
export function switchText(name: StrategySwitch, on: boolean): string {
  return TEXTS[name][on ? 'on' : 'off'];
}

/** The head of a switch's column. */
export function switchName(name: StrategySwitch): string {
  return `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}
