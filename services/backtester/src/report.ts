import { type BacktestResult, runBacktest } from '@ballast/backtest-core';
import { parseScaled, toNumber } from '@ballast/domain';
import { scorecard } from '@ballast/strategies';
import { dailyEquity, figuresOf } from './figures.ts';
import type { Trial, TrialRequest } from './trial.ts';
import { brakeWarning, warningsOf } from './warnings.ts';

export type RunReport = ReturnType<
  typeof runTrial<Pick<TrialRequest, 'strategy' | 'parameters' | 'bars'>>
>;

/** Runs it, and says what came of it: the same trial says the same. */
export function runTrial<Request extends Pick<TrialRequest, 'strategy' | 'parameters' | 'bars'>>(
  request: Request,
  trial: Trial,
) {
  const { timeframe, series, options } = trial;
  const result = runBacktest(series, options);
  const cash = toNumber(options.cash.amount);
  const times = series.flatMap(({ bars: { openTime } }) => [
    openTime[0] ?? 0,
    openTime.at(-1) ?? 0,
  ]);
  const daily = dailyEquity(result, cash);
  const session = series[0]?.instrument.session ?? 'continuous';
  return {
    request: { ...request, timeframe },
    data: {
      ...{ hash: trial.hash, bars: result.bars },
      ...{ from: isoOf(Math.min(...times)), to: isoOf(Math.max(...times)) },
    },
    signals: result.signals,
    entered: result.trades.length,
    blocked: result.blocked.length,
    gates: scoresOf(result, options.cash.currency),
    notAsked: Object.fromEntries(result.notAsked),
    exits: Object.fromEntries(
      [...Map.groupBy(result.trades, ({ exit }) => exit)].map(([exit, all]) => [exit, all.length]),
    ),
    equity: { begin: cash, end: result.equity.value.at(-1) ?? cash },
    fees: result.trades.reduce((sum, { fees }) => sum + fees, 0),
    funding: result.trades.reduce((sum, { funding }) => sum + funding, 0),
    figures: figuresOf(result, daily, { session, seed: trial.hash }),
    warnings: [...warningsOf(trial), ...brakeWarning(result.equity, cash)],
    daily: { time: [...daily.time], equity: [...daily.value] },
    trades: result.trades,
    blockedSignals: result.blocked,
  };
}

/** What each gate kept from being lost, and from being won, by what plans would have come to. */
function scoresOf({ trades, blocked }: BacktestResult, currency: string) {
  const blockId = (index: number): string => `blocked ${index}`;
  const signals = [
    ...trades.map(({ id }) => ({ id, tradeId: id })),
    ...blocked.map((_, index) => ({ id: blockId(index), tradeId: null })),
  ];
  const known = blocked.flatMap(({ counterfactual }, index) => {
    if (counterfactual === null) return [];
    const { realised } = counterfactual;
    const amount = parseScaled(Math.abs(realised).toFixed(18)) * (realised < 0 ? -1n : 1n);
    return [{ signalId: blockId(index), earned: { amount, currency } }];
  });
  const blocks = blocked.map(({ gate }, index) => ({ signalId: blockId(index), gate }));
  return scorecard(signals, blocks, known).gates.map(({ gate, saved, missed, ...counts }) => {
    const sum = (all: typeof saved): number =>
      all.reduce((total, { amount }) => total + toNumber(amount), 0);
    return { gate, ...counts, saved: sum(saved), missed: sum(missed) };
  });
}

const isoOf = (time: number): string => new Date(time).toISOString();
