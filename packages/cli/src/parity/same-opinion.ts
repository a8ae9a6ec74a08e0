import type { StoredSignal } from '@ballast/db';
import type { Opinion } from '@ballast/strategies';
import { z } from 'zod';

/** Rounding of sums that began elsewhere. */
const RELATIVE = 1e-9;

const numbersShape = z.record(z.string(), z.number());
/** As the worker has stored them. */
export const numbers = (value: unknown): Record<string, number> => numbersShape.parse(value);

/** What was said of the bar: an entry or a leave, with every number it was made from. */
export type Said = {
  readonly direction: string;
  readonly level: Readonly<Record<string, number>>;
  readonly inputs: Readonly<Record<string, number>>;
};

/** An entry without what it was made from. */
export type SaidEntry = Pick<Opinion, 'direction' | 'level'>;

export function saidBy({ direction, level }: StoredSignal): SaidEntry {
  const { entry = NaN, stop = NaN, target = NaN } = numbers(level);
  return { direction: direction === 'short' ? 'short' : 'long', level: { entry, stop, target } };
}

/** Every level and every number that it was made from. */
export function isSame(again: Said, signal: StoredSignal): boolean {
  return (
    again.direction === signal.direction &&
    areSame(again.level, numbers(signal.level)) &&
    areSame(again.inputs, numbers(signal.inputs))
  );
}

function areSame(a: Readonly<Record<string, number>>, b: Readonly<Record<string, number>>) {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...names].every((name) => {
    const [one = NaN, other = NaN] = [a[name], b[name]];
    const size = Math.max(1e-6, Math.abs(one), Math.abs(other));
    return Math.abs(one - other) <= RELATIVE * size;
  });
}
