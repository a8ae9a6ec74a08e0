import type { StrategySwitch } from '@ballast/domain';

const TEXTS: Record<StrategySwitch, { on: string; off: string }> = {
  watchlist: {
    on: 'Its signals are made and stored from now on. With the first of them its soak begins.',
    off: 'It is not watched any more. A soak that runs begins anew when it is watched again.',
  },
  buy: {
    on: 'Its signals may open trades from now on, with the pre-trade rules in force.',
    off: 'Its signals are blocked and recorded from now on. Open trades keep their exits.',
  },
  sell: {
    on: 'Its word may close what it has opened, beside stops and targets.',
    off: 'Its word closes nothing from now on. Stops and targets work on.',
  },
};

/** What the operator is about to do with a switch. */
export function switchText(name: StrategySwitch, on: boolean): string {
  return TEXTS[name][on ? 'on' : 'off'];
}
