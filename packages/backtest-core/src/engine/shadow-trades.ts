import { type TradePlan, parseScaled } from '@ballast/domain';
import type { CourseMemory } from './course-memory.ts';
import type { EndedTrade } from './ended-trade.ts';
import { walkBar } from './inside-bar.ts';
import type { Opening } from './opening.ts';
import type { BacktestOptions } from './run.ts';
import { IDLE, type Track } from './track.ts';
import { TradeDesk } from './trade-desk.ts';
import { BacktestVenue } from './venue.ts';

type Shadow = { readonly of: Track; readonly track: Track; readonly desk: TradeDesk };

/** Of a backtest, what a trade alone on an account has to do with. */
export type ShadowOptions = Pick<BacktestOptions, 'account' | 'capabilities' | 'costs'>;

/** Nothing is refused for want of money: the question is what the plan was worth. */
const CASH = parseScaled('1000000000000');

/**
 * Trades that a gate or a rule did not let through, each followed alone to its end: by the same
 * desk, order core and venue, on the same bars, and left on the same words.
 */
export class ShadowTrades {
  readonly #options: ShadowOptions;
  readonly #memory: CourseMemory | null;
  #shadows: Shadow[] = [];

  constructor(options: ShadowOptions, memory: CourseMemory | null) {
    this.#options = options;
    this.#memory = memory;
  }

  get size(): number {
    return this.#shadows.length;
  }

  /** @param onEnded told once, when the trade has ended */
  begin(of: Track, opening: Opening, onEnded: (ended: EndedTrade) => void): void {
    const { account, capabilities, costs } = this.#options;
    const cash = new Map([[of.instrument.quoteCurrency, CASH]]);
    const venue = new BacktestVenue([of], { cash, costs, account });
    const memory = this.#memory;
    const desk = new TradeDesk(venue, { account, capabilities, onEnded, memory });
    const track: Track = { ...of, ...IDLE };
    desk.enter(track, opening);
    this.#shadows.push({ of, track, desk });
  }

  /** What the bar that a track is at does to them. */
  trade(of: Track, time: number): void {
    if (this.#shadows.length === 0) return;
    for (const { track, desk } of this.#of(of)) {
      track.row = of.row;
      desk.open(track, of.bars.open[of.row] ?? NaN, time);
      walkBar(desk, track, of.row, time);
    }
    this.#shadows = this.#shadows.filter(({ track }) => track.isBusy);
  }

  /** Funding is settled. */
  fund(of: Track, price: number, rate: number): void {
    for (const { track, desk } of this.#of(of)) desk.fund(track, price, rate);
  }

  /** The strategy says that it leaves such positions. */
  leave(of: Track, isLeft: (direction: TradePlan['direction']) => boolean, at: number): void {
    for (const { track, desk } of this.#of(of)) {
      const direction = desk.openingOf(track.instrument.id)?.direction;
      if (direction !== undefined && isLeft(direction))
        desk.leave(track, at, 'the strategy leaves');
    }
  }

  /** The track's bars are over. */
  finish(of: Track, price: number, at: number): void {
    for (const { track, desk } of this.#of(of)) desk.finish(track, price, at);
    this.#shadows = this.#shadows.filter((shadow) => shadow.of !== of);
  }

  #of(of: Track): Shadow[] {
    return this.#shadows.length === 0 ? [] : this.#shadows.filter((shadow) => shadow.of === of);
  }
}
