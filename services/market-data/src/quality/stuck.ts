import {
  type Instrument,
  isSessionOpen,
  type PublicTrade,
  type Quote,
  sessionDay,
  sessionOfDay,
} from '@ballast/domain';

/** Quotes that come and never change their prices for so long, and so many of them. */
const STUCK_PRICE_MS = 900_000;
const STUCK_QUOTES = 300;
/** Trades are missed after this long, and 30 times the usual pause between two of them. */
const STUCK_TRADES_MS = 300_000;
const USUAL_PAUSES = 30;
/** Changes of the best prices without a trade. */
const MOVES = 60;
/** Trades that must have been before a usual pause is known, and what each weighs in it. */
const TRADES_NEEDED = 20;
const WEIGHT = 0.1;
/** Quotes that pause this long are no quotes that keep coming: everything is counted anew. */
const QUOTE_PAUSE_MS = 60_000;

export type Stuck = {
  readonly rule: 'PRICE_STUCK' | 'TRADES_STUCK';
  readonly sinceMs: number;
  readonly quotes: number;
  readonly usualPauseMs: number | null;
};

/** Finds prices that stand still while quotes come, and trades that stop while quotes move. */
export class StuckRule {
  readonly #session: Instrument['session'];
  #bid = '';
  #ask = '';
  #last = '';
  #quotedAt = 0;
  #changedAt = 0;
  #quotes = 0;
  #tradedAt = 0;
  /** From here on a trade is waited for. */
  #waitingSince = 0;
  #moves = 0;
  #trades = 0;
  #usualPauseMs = 0;

  constructor(session: Instrument['session']) {
    this.#session = session;
  }

  onTrade({ receivedTime }: PublicTrade): void {
    if (this.#trades > 0) {
      const pause = receivedTime - this.#tradedAt;
      this.#usualPauseMs += (pause - this.#usualPauseMs) * (this.#trades === 1 ? 1 : WEIGHT);
    }
    if (this.#trades < TRADES_NEEDED) this.#trades += 1;
    this.#tradedAt = receivedTime;
    this.#waitingSince = receivedTime;
    this.#moves = 0;
  }

  /** What is stuck at this quote; null where nothing is. */
  onQuote({ bid, ask, last, receivedTime }: Quote): Stuck | null {
    if (receivedTime - this.#quotedAt > QUOTE_PAUSE_MS) this.#begin(receivedTime);
    this.#quotedAt = receivedTime;
    this.#quotes += 1;
    const hasMoved = bid !== this.#bid || ask !== this.#ask;
    if (hasMoved || last !== this.#last) {
      this.#bid = bid;
      this.#ask = ask;
      this.#last = last;
      this.#changedAt = receivedTime;
      this.#quotes = 0;
    }
    if (hasMoved) this.#moves += 1;
    return this.#stuckPrice(receivedTime) ?? this.#stuckTrades(receivedTime);
  }

  #begin(at: number): void {
    this.#changedAt = at;
    this.#quotes = 0;
    this.#waitingSince = at;
    this.#moves = 0;
  }

  #stuckPrice(at: number): Stuck | null {
    const sinceMs = at - this.#changedAt;
    if (sinceMs < STUCK_PRICE_MS || this.#quotes < STUCK_QUOTES) return null;
    if (!this.#isTrading(at, sinceMs)) return null;
    return { rule: 'PRICE_STUCK', sinceMs, quotes: this.#quotes, usualPauseMs: null };
  }

  #stuckTrades(at: number): Stuck | null {
    const sinceMs = at - this.#waitingSince;
    if (sinceMs < STUCK_TRADES_MS || this.#moves < MOVES) return null;
    if (this.#trades < TRADES_NEEDED || sinceMs < USUAL_PAUSES * this.#usualPauseMs) return null;
    if (!this.#isTrading(at, sinceMs)) return null;
    const usualPauseMs = Math.round(this.#usualPauseMs);
    return { rule: 'TRADES_STUCK', sinceMs, quotes: this.#moves, usualPauseMs };
  }

  /** Whether the session was open all the while. Outside, nothing need move. */
  #isTrading(at: number, sinceMs: number): boolean {
    if (!isSessionOpen(this.#session, at)) return false;
    if (this.#session === 'continuous') return true;
    const hours = sessionOfDay(this.#session, sessionDay(this.#session, at));
    return hours !== null && at - sinceMs >= hours.open;
  }
}
