import { type Bar, parseScaled } from '@ballast/domain';

/**
 * Whether what was told of a minute is corrected by another bar of it. What a source itself said
 * of a minute is not corrected by what was made of trades: the store refuses that too (decision
 * 0016).
 */
export const mayCorrect = (bar: Bar, told: Bar): boolean =>
  bar.builtFrom === 'venue' || told.builtFrom !== 'venue';

export function hasNumbersOf(a: Bar, b: Bar): boolean {
  const fields = ['open', 'high', 'low', 'close', 'volume'] as const;
  return fields.every((field) => parseScaled(a[field]) === parseScaled(b[field]));
}
