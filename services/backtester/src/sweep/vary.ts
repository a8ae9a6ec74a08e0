import { InvalidInput } from '@ballast/domain';

/** More than anybody looks through; each is a whole backtest. */
const COMBINATIONS_MAX = 100_000;
const RANGE = /^(-?[\d.]+)\.\.(-?[\d.]+)(?:\/([\d.]+))?$/;

export type Parameters = Readonly<Record<string, unknown>>;

/**
 * Every combination of what varies, in a fixed order: the last name changes fastest.
 * @param words `name=a,b,c`, or `name=from..to/step` with both ends
 * @throws InvalidInput USAGE
 */
export function combinationsOf(words: readonly string[]): Parameters[] {
  const varied = variedOf(words);
  return Array.from({ length: countOf(varied) }, (_, index) => combinationAt(varied, index));
}

/** Names that vary, each with its values. */
export type Varied = readonly (readonly [name: string, values: readonly unknown[]])[];

export const countOf = (varied: Varied): number =>
  varied.reduce((product, [, values]) => product * values.length, 1);

/** @throws InvalidInput USAGE for more backtests than anybody looks through */
export function checkCount(count: number): void {
  if (count <= COMBINATIONS_MAX) return;
  throw new InvalidInput('USAGE', `${count} combinations are more than ${COMBINATIONS_MAX}`);
}

/** One of them without the others, by its place in their order, which repeats without end. */
export function combinationAt(varied: Varied, index: number): Parameters {
  let left = index;
  const chosen = varied.toReversed().map(([name, values]) => {
    const value = values[left % values.length];
    left = Math.floor(left / values.length);
    return [name, value] as const;
  });
  return Object.fromEntries(chosen.toReversed());
}

/** @throws InvalidInput USAGE */
export function variedOf(words: readonly string[]): Varied {
  const varied = words.map(readVaried);
  const names = varied.map(([name]) => name);
  if (new Set(names).size < names.length) {
    throw new InvalidInput('USAGE', `--vary names a parameter twice: ${names.join(', ')}`);
  }
  checkCount(countOf(varied));
  return varied;
}

function readVaried(word: string): [name: string, values: readonly unknown[]] {
  const at = word.indexOf('=');
  const [name, text] = [word.slice(0, at), word.slice(at + 1)];
  if (at < 1 || text === '') {
    throw new InvalidInput('USAGE', `--vary wants name=a,b,c or name=from..to/step: "${word}"`);
  }
  const range = RANGE.exec(text);
  if (range === null && !text.includes('..')) {
    const values = text.split(',').map(valueOf);
    if (new Set(values).size === values.length) return [name, values];
    throw new InvalidInput('USAGE', `--vary names a value twice: ${word}`);
  }
  const [from = NaN, to = NaN, step = 1] = (range ?? []).slice(1).map((part) => Number(part ?? 1));
  const steps = Math.floor((to - from) / step + 1e-9);
  if (!(steps >= 0 && steps < COMBINATIONS_MAX)) {
    throw new InvalidInput('USAGE', `--vary ${word}: no way from ${from} to ${to} by ${step}`);
  }
  // By multiplication: sums of a step like 0.1 drift.
  const values = Array.from({ length: steps + 1 }, (_, index) =>
    Number((from + index * step).toPrecision(12)),
  );
  return [name, values];
}

/** A number where it reads as one, true and false, else text. */
export function valueOf(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
