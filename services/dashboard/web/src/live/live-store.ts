import type { AccountView, LiveMessage } from '@ballast/dashboard-server/api';
import type { Bar, Quote } from '@ballast/domain';

export type TradeEvents = Extract<LiveMessage, { topic: 'trades' }>['events'];
type MarketMessage = Extract<LiveMessage, { topic: 'market' }>;

/** What is live on the page, kept outside React: each reader listens to the one value it shows. */
export function createLiveStore(monotonicNow: () => number, wallNow: () => number) {
  const quotes = new Map<string, Quote>();
  const forming = new Map<string, Bar>();
  const listeners = new Map<string, Set<() => void>>();
  const eventListeners = new Set<(events: TradeEvents) => void>();
  const barListeners = new Set<(closed: readonly Bar[], missed: boolean) => void>();
  let account: AccountView | null = null;
  let lastMessageAt: number | null = null;
  let clockOffsetMs = 0;

  function tell(topic: string): void {
    for (const listener of listeners.get(topic) ?? []) listener();
  }

  function takeMarket(message: MarketMessage): void {
    for (const quote of message.quotes) quotes.set(quote.instrument, quote);
    for (const bar of message.forming) forming.set(bar.instrument, bar);
    for (const bar of message.closed) {
      const current = forming.get(bar.instrument);
      if (current !== undefined && current.openTime <= bar.openTime) forming.delete(bar.instrument);
    }
    for (const quote of message.quotes) tell(`quote:${quote.instrument}`);
    for (const bar of message.forming) tell(`forming:${bar.instrument}`);
    const missed = message.barsMissed || message.snapshot;
    if (message.closed.length > 0 || missed) {
      for (const listener of barListeners) listener(message.closed, missed);
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
    listen(topic: string, listener: () => void): () => void {
      const set = listeners.get(topic) ?? new Set();
      listeners.set(topic, set.add(listener));
      return () => set.delete(listener);
    },
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
