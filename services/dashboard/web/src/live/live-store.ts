import type { AccountView, LiveMessage } from '@ballast/dashboard-server/api';
import { type Bar, type Quote, unpackMarketEvents } from '@ballast/domain';
import { createTopicListeners } from './topic-listeners.ts';

export type TradeEvents = Extract<LiveMessage, { topic: 'trades' }>['events'];
type MarketMessage = Extract<LiveMessage, { topic: 'market' }>;

/** What is live on the page, kept outside React: each reader listens to the one value it shows. */
export function createLiveStore(monotonicNow: () => number, wallNow: () => number) {
  const quotes = new Map<string, Quote>();
  const forming = new Map<string, Bar>();
  const { tell, listen, shown, onShown } = createTopicListeners();
  const eventListeners = new Set<(events: TradeEvents) => void>();
  const barListeners = new Set<(closed: readonly Bar[], missed: boolean) => void>();
  let account: AccountView | null = null;
  let lastMessageAt: number | null = null;
  let clockOffsetMs = 0;

  function takeMarket(message: MarketMessage): void {
    const closed: Bar[] = [];
    const topics: string[] = [];
    for (const event of unpackMarketEvents(message.rows)) {
      if (event.kind === 'quote') {
        quotes.set(event.quote.instrument, event.quote);
        topics.push(`quote:${event.quote.instrument}`);
      } else if (event.kind === 'bar' && event.bar.state !== 'forming') closed.push(event.bar);
      else if (event.kind === 'bar' && event.bar.timeframe === '1m') {
        forming.set(event.bar.instrument, event.bar);
        topics.push(`forming:${event.bar.instrument}`);
      }
    }
    for (const { instrument, timeframe, openTime } of closed) {
      const current = forming.get(instrument);
      if (current?.timeframe === timeframe && current.openTime <= openTime) {
        forming.delete(instrument);
      }
    }
    for (const topic of topics) tell(topic);
    const missed = message.barsMissed || message.snapshot;
    if (closed.length > 0 || missed) {
      for (const listener of barListeners) listener(closed, missed);
    }
  }

  return {
    take(message: LiveMessage): void {
      lastMessageAt = monotonicNow();
      clockOffsetMs = message.at - wallNow();
      if (message.topic === 'market') takeMarket(message);
      else if (message.topic === 'account') {
        account = message.account;
        tell('account');
      } else for (const listener of eventListeners) listener(message.events);
    },
    quote: (instrument: string): Quote | null => quotes.get(instrument) ?? null,
    forming: (instrument: string): Bar | null => forming.get(instrument) ?? null,
    account: (): AccountView | null => account,
    /** Milliseconds since anything came from the server; null before the first message. */
    silenceMs: (): number | null =>
      lastMessageAt === null ? null : monotonicNow() - lastMessageAt,
    /** The server's clock: ages are right even when this machine's clock is not. */
    serverNow: (): number => wallNow() + clockOffsetMs,
    listen,
    shown,
    onShown,
    onEvents(listener: (events: TradeEvents) => void): () => void {
      eventListeners.add(listener);
      return () => eventListeners.delete(listener);
    },
    onBars(listener: (closed: readonly Bar[], missed: boolean) => void): () => void {
      barListeners.add(listener);
      return () => barListeners.delete(listener);
    },
  };
}

export const liveStore = createLiveStore(
  () => performance.now(),
  () => Date.now(),
);
