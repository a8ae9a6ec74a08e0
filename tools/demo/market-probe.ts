import { readMarket } from '@ballast/bus';
import type { InstrumentId, Quote } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { until } from './demo-error.ts';

const SAMPLE_MS = 3_000;

export type MarketSample = {
  readonly quote: Quote;
  readonly prices: readonly number[];
  readonly sampleMs: number;
  /** From a tick's arrival in market-data to its entry on the stream; Redis's clock, whole ms. */
  readonly tickToBusMs: { readonly p50: number; readonly p99: number };
};

/** Watches one instrument on the market stream for some seconds. */
export async function sampleMarket(
  redisUrl: string,
  instrument: InstrumentId,
  log: Logger,
): Promise<MarketSample> {
  const prices: number[] = [];
  const delays: number[] = [];
  let quote: Quote | null = null;
  const reader = readMarket(redisUrl, {
    venues: ['bybit'],
    from: '$',
    name: 'demo',
    log,
    onBatch(events, entryId) {
      const writtenAt = Number(entryId.split('-')[0]);
      for (const event of events) {
        if (event.kind === 'trade') delays.push(writtenAt - event.trade.receivedTime);
        if (event.kind === 'trade' && event.trade.instrument === instrument) {
          prices.push(Number(event.trade.price));
        }
        if (event.kind === 'quote' && event.quote.instrument === instrument) quote = event.quote;
      }
    },
  });
  try {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    const latest = await until('NO_MARKET_DATA', 'a trade and a quote', 10_000, async () =>
      quote !== null && prices.length > 0 ? quote : null,
    );
    const sorted = delays.toSorted((a, b) => a - b);
    const at = (share: number): number => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    const tickToBusMs = { p50: at(0.5), p99: at(0.99) };
    return { quote: latest, prices, sampleMs: SAMPLE_MS, tickToBusMs };
  } finally {
    await reader.stop();
  }
}
