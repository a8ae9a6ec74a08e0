import type { KnownColumn, Series } from '@ballast/backtest-core';
import { REGIMES } from '@ballast/domain';
import { gateConfiguration } from '@ballast/strategies';
import type { Trial } from './trial.ts';

const HOUR_MS = 3_600_000;
const { regimeAgeMaxMs, fundingAgeMaxMs } = gateConfiguration().limits;

/**
 * Stretches of the bars without a word of what is known beside them, longer than the gates take an
 * older one: files end somewhere, and lack some. Each once, though many series have it; of the
 * regime where the strategy or a limit goes by it.
 */
export function knownWarnings({
  strategy,
  series,
  options,
}: Pick<Trial, 'strategy' | 'series' | 'options'>): readonly string[] {
  const { longRegimes, shortRegimes } = options.gates.limits;
  const isLimited = REGIMES.some(
    (one) => !longRegimes.includes(one) || !shortRegimes.includes(one),
  );
  const needsRegime = strategy.needs.includes('regime');
  // A strategy is handed the last word however old it is; the gate takes no old one.
  const without = (isBegun: boolean): string => {
    const gone = needsRegime && isBegun ? [`${strategy.name} goes by the one before it`] : [];
    const age = isBegun ? ' once it is older than regimeAgeMaxMs' : '';
    const refused = isLimited ? [`limits by regime refuse entries${age}`] : [];
    const said = [...gone, ...refused].join(', ');
    return said === '' ? '' : `: ${said}`;
  };
  const goesByRegime = needsRegime || isLimited;
  const told = series.flatMap((one) =>
    (one.known ?? [])
      .filter(({ of }) => of === 'fundingRate' || (of === 'regime' && goesByRegime))
      .flatMap((column) => silencesOf(one, column, without)),
  );
  return [...new Set(told)];
}

function silencesOf(
  { instrument, bars }: Series,
  column: KnownColumn,
  withoutRegime: (isBegun: boolean) => string,
): readonly string[] {
  const { of, knownAt, at: times = knownAt } = column;
  const [begin, end] = [bars.openTime[0] ?? NaN, bars.openTime.at(-1) ?? NaN];
  const longest = of === 'regime' ? regimeSilence(times) : fundingAgeMaxMs;
  const moments = [-Infinity, ...times, Infinity];
  return moments.slice(1).flatMap((next, row) => {
    const last = moments[row] ?? NaN;
    const [from, to] = [Math.max(last, begin), Math.min(next, end)];
    if (next - last <= longest || to - from <= longest) return [];
    const stretch = `from ${isoOf(from)} to ${isoOf(to)}`;
    if (of === 'fundingRate') {
      return [`${instrument.id}: no settlement of funding is known ${stretch}, none is paid`];
    }
    return [`no regime of bitcoin is known ${stretch}${withoutRegime(last !== -Infinity)}`];
  });
}

/** Two bars and an hour, as the limit of the gates is for those of four hours. */
function regimeSilence(times: Float64Array): number {
  let width = Infinity;
  for (let row = 1; row < times.length; row += 1) {
    width = Math.min(width, (times[row] ?? NaN) - (times[row - 1] ?? NaN));
  }
  return Number.isFinite(width) ? Math.max(regimeAgeMaxMs, 2 * width + HOUR_MS) : regimeAgeMaxMs;
}

const isoOf = (time: number): string => new Date(time).toISOString();
