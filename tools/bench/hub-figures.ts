const HUB_TO_BARE_MIN = 0.7;
const HUB_TO_SINGLE_MIN = 10;
const P99_TO_BARE_MAX = 3;

export type Latency = { readonly p50Ms: number; readonly p99Ms: number };
export type Round = {
  readonly ticksPerSecond: { readonly hub: number; readonly bare: number; readonly single: number };
  /** Ticks a second at which the latencies were taken. */
  readonly rate: number;
  readonly latency: { readonly hub: Latency; readonly bare: Latency };
};

/** The ratios that are promised, for frames of one size. */
export function hubFigures(tradesPerFrame: number, rounds: readonly Round[]) {
  const of = (ratio: (round: Round) => number) => rounds.map(ratio);
  const figures = {
    hubToBare: atLeast(
      HUB_TO_BARE_MIN,
      of(({ ticksPerSecond: { hub, bare } }) => hub / bare),
    ),
    hubToAwaitedXadd: atLeast(
      HUB_TO_SINGLE_MIN,
      of(({ ticksPerSecond: { hub, single } }) => hub / single),
    ),
    p99ToBare: atMost(
      P99_TO_BARE_MAX,
      of(({ latency: { hub, bare } }) => hub.p99Ms / bare.p99Ms),
    ),
  };
  const ok = Object.values(figures).every((figure) => figure.ok);
  return { tradesPerFrame, ok, ...figures, rounds };
}

function atLeast(min: number, ratios: readonly number[]) {
  const { value, lowest, highest } = middleOf(ratios);
  return { value, min, ok: value >= min, lowest, highest };
}

function atMost(max: number, ratios: readonly number[]) {
  const { value, lowest, highest } = middleOf(ratios);
  return { value, max, ok: value <= max, lowest, highest };
}

function middleOf(ratios: readonly number[]) {
  const sorted = ratios.map((ratio) => Number(ratio.toFixed(2))).toSorted((a, b) => a - b);
  const value = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  return { value, lowest: sorted[0], highest: sorted.at(-1) };
}
