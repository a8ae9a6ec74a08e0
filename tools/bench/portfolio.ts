import { runBacktest, type Series } from '@ballast/backtest-core';
import { strategyNamed } from '@ballast/strategies';
import { benchSymbols } from './bench-instrument.ts';
import { crossOptions, plainTerms, wholeInstrument } from './cross-options.ts';
import { besidePlain, figuresOf, ROUNDS } from './engine-beside-plain.ts';
import { wholeBars } from './made-bars.ts';
import { plainPortfolio } from './portfolio-plain.ts';

const INSTRUMENTS = 500;
const ROWS = 2_520;
const DAY_MS = 86_400_000;
/** What the engine may take: of the plain loop's bars a second it does so many. */
const RATIO_MIN = 0.2;
const SHARES = { risk: '0.00005', notional: '0.001' };

/** Engine and plain loop over so many instruments; throws unless both make the same trades. */
export function comparePortfolio(instruments: number, rows: number, rounds: number) {
  const model = strategyNamed('sma-cross').model();
  const all = benchSymbols(instruments).map((symbol, index): Series => {
    const bars = wholeBars(rows, DAY_MS, 1_000 + 7_919 * index);
    return { instrument: wholeInstrument(symbol), timeframe: '1d', bars, model };
  });
  const columns = all.map(({ bars }) => bars);
  const [options, terms] = [crossOptions(SHARES), plainTerms(SHARES)];
  return besidePlain(
    () => runBacktest(all, options),
    () => plainPortfolio(columns, terms),
    rounds,
  );
}

/** Hundreds of instruments with stops and targets on one account, beside the plain loop. */
export function run() {
  comparePortfolio(20, 1_000, 1);
  const compared = comparePortfolio(INSTRUMENTS, ROWS, ROUNDS);
  const figures = figuresOf(compared, INSTRUMENTS * ROWS, RATIO_MIN);
  return Promise.resolve({ bench: 'portfolio', instruments: INSTRUMENTS, ...figures });
}
