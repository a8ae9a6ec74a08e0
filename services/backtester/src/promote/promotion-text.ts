import type { Promotion } from './promote.ts';

const LABEL_WIDTH = 30;
const line = (label: string, value: string): string => `${label.padEnd(LABEL_WIDTH)}${value}\n`;
const spaced = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** A promotion for people. */
export function promotionText(promotion: Promotion): string {
  const { strategy, ok, candidate, trials, sweeps, failing, next } = promotion;
  const isMade = promotion.outOfSampleFrom === 'walk-forward';
  const why = promotion.isWalkForwardOfOthers
    ? ', since the walk-forward had no such candidate to choose'
    : '';
  const verdict = ok ? 'may be promoted' : `refused: ${failing.length} checks fail`;
  return [
    line(strategy, verdict),
    line('candidate', candidate === null ? 'none traded' : JSON.stringify(candidate.parameters)),
    line('trials', `${trials} in ${sweeps.length} sweeps`),
    line(
      'out of sample',
      isMade ? 'runs of the walk-forward' : `put together of the sweep's rows${why}`,
    ),
    ...Object.entries(promotion.figures).map(([name, { value, reason }]) =>
      line(`  ${spaced(name)}`, value === null ? `none (${reason})` : digits(value)),
    ),
    ...failing.map(({ check, limit, value, reason }) =>
      line(
        `fails ${check}`,
        `${value === null ? `none (${reason})` : apart(value, limit)}, limit ${limit}`,
      ),
    ),
    ...(next.length === 0 ? [] : ['Nothing was switched. To let it trade:\n']),
    ...next.map((command) => `  ${command}\n`),
  ].join('');
}

/** With as many digits as tell it from the limit that it fails. */
const apart = (value: number, limit: number): string =>
  Number(digits(value)) === limit ? String(value) : digits(value);

const digits = (value: number): string =>
  Number.isInteger(value) ? String(value) : value.toFixed(Math.abs(value) < 0.01 ? 6 : 4);
