import type { AutoscaleInfo } from 'lightweight-charts';

/**
 * A level further off than this many heights of the candles is left out:
 * they would become a flat line.
 */
const REACH = 0.9;

/**
 * The price range of the candles, widened to the levels that are near enough to be seen with them.
 */
export function withLevels(
  info: AutoscaleInfo | null,
  levels: readonly number[],
): AutoscaleInfo | null {
  const range = info?.priceRange ?? null;
  if (info === null || range === null) return info;
  const reach = (range.maxValue - range.minValue) * REACH;
  const near = levels.filter(
    (level) => level > range.minValue - reach && level < range.maxValue + reach,
  );
  return {
    ...info,
    priceRange: {
      minValue: Math.min(range.minValue, ...near),
      maxValue: Math.max(range.maxValue, ...near),
    },
  };
}
