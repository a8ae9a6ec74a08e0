import { CLEAN_FEED, type FeedFate, type Malformation } from '@ballast/sim-core';
import type { VenueFaults } from './fault-plan.ts';
import type { MinuteBar } from './klines.ts';
import type { Market, MarketChange, PublicPrint } from './market.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { correctPrint } from './print-corrections.ts';
import type { Venue } from './venue.ts';

/** One message of a public feed, before it is put into a venue's words. */
export type FeedMessage =
  | {
      readonly kind: 'trades';
      readonly market: Market;
      readonly trades: readonly PublicPrint[];
      readonly malformed: Malformation | null;
    }
  | {
      readonly kind: 'correction';
      readonly market: Market;
      readonly before: PublicPrint;
      /** Null: it never was. */
      readonly after: PublicPrint | null;
      /** Its minute as it is now. */
      readonly bar: MinuteBar;
    };

export type TradeFeed = {
  tell(change: MarketChange): void;
  close(): void;
};

/**
 * The public trades of a venue as their fates have them. Those that meet no fault travel together,
 * each other one alone; what is held back waits for the next of its own market.
 */
export function createTradeFeed(options: {
  readonly venue: Venue;
  readonly faults: VenueFaults;
  readonly send: (message: FeedMessage) => void;
  /** The connections that carry public data. */
  readonly breakConnections: () => void;
}): TradeFeed {
  const { venue, faults, send, breakConnections } = options;
  const outboxes = new Map<string, Outbox<() => void>>();

  function leave(market: Market, fate: FeedFate, act: () => void): void {
    const its = outboxes.get(market.symbol);
    if (fate === CLEAN_FEED && its === undefined) return act();
    const outbox = its ?? createOutbox<() => void>((message) => message(), breakConnections);
    if (its === undefined) outboxes.set(market.symbol, outbox);
    outbox.push(act, fate);
  }

  function tellOne(market: Market, trade: PublicPrint, fate: FeedFate): void {
    const { malformed, aheadMs, corrected } = fate;
    const told = aheadMs === 0 ? trade : { ...trade, at: trade.at + aheadMs };
    const delivery = corrected === null ? fate : { ...fate, delayMs: 0 };
    leave(market, delivery, () => send({ kind: 'trades', market, trades: [told], malformed }));
    if (corrected === null) return;
    leave(market, { ...CLEAN_FEED, delayMs: fate.delayMs }, () => {
      const after = corrected === 'cancel' ? null : { ...trade, priceTicks: trade.priceTicks + 1 };
      const bar = correctPrint(venue, market, trade.sequence, after);
      if (bar !== null) send({ kind: 'correction', market, before: trade, after, bar });
    });
  }

  return {
    tell({ market, trades }) {
      let clean: PublicPrint[] = [];
      const tellClean = (): void => {
        const together = clean;
        clean = [];
        if (together.length === 0) return;
        leave(market, CLEAN_FEED, () =>
          send({ kind: 'trades', market, trades: together, malformed: null }),
        );
      };
      for (const trade of trades) {
        const fate = faults.feed('trade');
        if (fate === CLEAN_FEED) {
          clean.push(trade);
          continue;
        }
        tellClean();
        tellOne(market, trade, fate);
      }
      tellClean();
    },
    close() {
      for (const outbox of outboxes.values()) outbox.close();
    },
  };
}
