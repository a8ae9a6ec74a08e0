import { InvalidInput } from '@ballast/domain';

/** A figure of a report: its value, or the code of why it has none. */
export type Figure =
  | { readonly value: number; readonly reason: null }
  | { readonly value: null; readonly reason: string };

/** Where a report shows many figures, one that is not defined must not hide the others. */
export function figureOf(compute: () => number): Figure {
  try {
    return { value: compute(), reason: null };
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    return { value: null, reason: error.code };
  }
}
