import {
  equityOf,
  figureOf,
  sharpeRatio,
  totalReturn,
  walkForwardEfficiency,
} from '@ballast/backtest-core';
import { toNumber } from '@ballast/domain';
import { DAYS_PER_YEAR, figuresOf } from '../figures.ts';
import { settingOf, spaceOf } from '../promote/tried-sweep.ts';
import type { Parameters } from '../sweep/vary.ts';
import { dateOf, daysIn, type Span } from '../trial-in-span.ts';
import type { Trial, TrialRequest } from '../trial.ts';
import { brakeWarning, warningsOf } from '../warnings.ts';
import type { WalkedWindow, WalkForward } from './run-walk-forward.ts';
import type { WalkForwardShape } from './windows.ts';

const DAY_MS = 86_400_000;

/** What is told of a request, whatever else it says. */
type Request = Pick<TrialRequest, 'strategy' | 'parameters' | 'bars'>;

export type WalkForwardReport = ReturnType<typeof walkForwardReport<Request>>;

export type WalkForwardRequest<R extends Request> = WalkForwardShape & {
  readonly request: R;
  readonly combinations: readonly Parameters[];
};

/** What came of it: the windows, and all that was run out of sample end to end. */
export function walkForwardReport<R extends Request>(
  { request, combinations, ...shape }: WalkForwardRequest<R>,
  trial: Trial,
  { windows, refused }: WalkForward,
) {
  const cash = toNumber(trial.options.cash.amount);
  const session = trial.series[0]?.instrument.session ?? 'continuous';
  const returns = windows.flatMap((one) => [...returnsOf(one)]);
  const days = windows.flatMap(({ outOfSample }) => [...daysIn(trial.series, outOfSample)]);
  const time = Float64Array.of((days[0] ?? DAY_MS) - DAY_MS, ...days);
  const value = equityOf(returns, cash);
  const trades = windows.flatMap(({ run }) => run?.result.trades ?? []);
  const sum = (of: (trade: (typeof trades)[number]) => number): number =>
    trades.reduce((total, trade) => total + of(trade), 0);
  const parametersOf = (index: number): Parameters => ({
    ...{ ...request.parameters, ...combinations[index] },
  });
  const shown = windows.map((window, at) => shownWindow(window, at, parametersOf));
  return {
    request: {
      ...request,
      timeframe: trial.timeframe,
      ...shape,
      combinations: combinations.length,
    },
    data: { hash: trial.hash },
    setting: settingOf(request, trial.hash),
    space: spaceOf(request.parameters, combinations),
    windows: shown,
    refused: refused.map(({ index, code, message }) => ({
      ...{ code, message, parameters: parametersOf(index) },
    })),
    efficiency: figureOf(() => efficiencyOf(windows, DAYS_PER_YEAR[session])),
    windowsWon: shown.filter(({ outOfSample }) => outOfSample.return > 0).length,
    equity: { begin: cash, end: value.at(-1) ?? cash },
    fees: sum(({ fees }) => fees),
    funding: sum(({ funding }) => funding),
    trades: trades.length,
    figures: figuresOf({ trades }, { time, value }, { session, seed: trial.hash }),
    outOfSample: { returns },
    daily: { time: [...time], equity: [...value] },
    warnings: [
      ...warningsOf(trial),
      ...windows.flatMap(windowWarnings),
      ...brakeWarning({ time, value }, cash),
    ],
  };
}

/** Days out of sample; without a choice nothing moves. */
const returnsOf = ({ run, outOfSample }: WalkedWindow): Float64Array =>
  run?.returns ?? new Float64Array(outOfSample.days);

function shownWindow(
  window: WalkedWindow,
  at: number,
  parametersOf: (index: number) => Parameters,
) {
  const { inSample, outOfSample, chosen, tried, refused, run } = window;
  const returns = returnsOf(window);
  return {
    ...{ window: at + 1, tried, refused },
    chosen: chosen === null ? null : parametersOf(chosen.index),
    inSample: {
      ...datesOf(inSample),
      return: chosen?.trained.totalReturn ?? 0,
      sharpe: chosen?.trained.sharpe ?? { value: null, reason: 'NOTHING_CHOSEN' },
      trades: chosen?.trained.entered ?? 0,
    },
    outOfSample: {
      ...datesOf(outOfSample),
      return: totalReturn(returns),
      sharpe: figureOf(() => sharpeRatio(returns)),
      trades: run?.result.trades.length ?? 0,
    },
  };
}

/** The last day is the last that belongs to it. */
const datesOf = ({ from, to, days }: Span & { readonly days: number }) => ({
  ...{ from: dateOf(from), to: dateOf(to - 1), days },
});

function efficiencyOf(windows: readonly WalkedWindow[], periodsPerYear: number): number {
  const results = windows.map((window) => {
    const { inSample, outOfSample, chosen } = window;
    return {
      inSample: { totalReturn: chosen?.trained.totalReturn ?? 0, periods: inSample.days },
      outOfSample: { totalReturn: totalReturn(returnsOf(window)), periods: outOfSample.days },
    };
  });
  return walkForwardEfficiency(results, periodsPerYear);
}

function windowWarnings({ chosen, run, refused, tried }: WalkedWindow, at: number): string[] {
  const of = `window ${at + 1}`;
  const none = tried === 0 ? 'every combination was refused' : 'no combination traded in training';
  return [
    ...(chosen === null ? [`${of}: ${none}, so nothing was traded`] : []),
    ...(refused > 0 && tried > 0 ? [`${of}: ${refused} combinations were refused`] : []),
    ...(run?.leftOut ?? []).map((id) => `${of}: ${id} has too few bars and was left out`),
  ];
}
