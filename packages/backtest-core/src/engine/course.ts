import type { OrderRole } from '@ballast/domain';
import type { EndedTrade } from './ended-trade.ts';
import type { Opening } from './opening.ts';
import type { Track } from './track.ts';

/** A price of a bar, and when (epoch ms). */
export type Moment = { readonly price: number; readonly at: number };

/** All that has happened to a trade and that its order core has seen. */
export type Course = {
  readonly track: Track;
  readonly opening: Opening;
  /** The open at which its entry was sent. */
  readonly sent: Moment;
  /** The strategy wanted out. */
  readonly leave: { readonly at: number; readonly reason: string } | null;
  /** What ended it: a price that was met, or the last one of its bars. */
  readonly end: (Moment & { readonly isLast: boolean }) | null;
};

/**
 * What came next in a trade's course. `stop` and `target`: the market has reached that order;
 * `open`: a bar began, and what waited since the strategy's word to leave was sent; `last`: the bars
 * are over. Those with `leaving` came after that word.
 */
export type Happening =
  | 'sent'
  | 'stop'
  | 'target'
  | 'last'
  | 'leaving stop'
  | 'leaving target'
  | 'leaving open'
  | 'leaving last';

/** An execution, and where its price comes from. */
export type Deal = {
  readonly role: OrderRole;
  readonly from: 'bid' | 'ask' | 'stop' | 'target';
  readonly liquidity: 'maker' | 'taker';
};

/** What the order core asked for and the venue did, once this had happened. */
export type Turn =
  | { readonly kind: 'entered'; readonly deal: Deal }
  | {
      readonly kind: 'ended';
      readonly deal: Deal;
      readonly exit: EndedTrade['exit'];
      /** Null: the reason for which it was to be left. */
      readonly reason: string | null;
    };
