/** Finer than any change of a tick so far, and coarse enough that wide bars stay exact. */
const PARTS_OF_TICK = 1_000_000n;

/**
 * The step of what was traded, at scale 18, which is not held to the tick of orders: the venue
 * changes that now and then, to a coarser one too. Bars of before are as they were traded, and for
 * up to an hour after we know the old one alone.
 */
export function bybitPrintStep(tickSize: bigint): bigint {
  const step = tickSize / PARTS_OF_TICK;
  return step * PARTS_OF_TICK === tickSize ? step : 1n;
}
