import type { Bar } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { type BarOutcome, MINUTE_MS } from './bar-builder.ts';
import { mayCorrect } from './bar-comparison.ts';
import type { Lane } from './lane.ts';
import type { Outlet, Tracked } from './tracked.ts';

/** What the bars of all lanes come to: each closed bar once, and what corrects it. */
export class BarDesk {
  readonly #outlet: Outlet;
  readonly #log: Logger;
  readonly counts = {
    ...{ barsOfTrades: 0, barsOfVenue: 0, airSwitches: 0, uncorrected: 0 },
    ...{ lateTrades: 0, barsCorrected: 0, barsMissing: 0, barsOutOfOrder: 0 },
  };

  constructor({ outlet, log }: { readonly outlet: Outlet; readonly log: Logger }) {
    this.#outlet = outlet;
    this.#log = log;
  }

  settle(tracked: Tracked, lane: Lane, outcomes: readonly BarOutcome[]): void {
    for (const outcome of outcomes) this.#settleOne(tracked, lane, outcome);
  }

  /** A minute that the source on the air has not seen in full may have been seen by another. */
  takeFromOthers(tracked: Tracked): void {
    const { onAir, lanes } = tracked;
    for (const openTime of onAir.builder.awaited()) {
      const isPublished = tracked.publishedAt(openTime) !== undefined;
      const bars = lanes.map((lane) => lane.barAt(openTime));
      const bar = bars.find((one) => one !== undefined);
      if (!isPublished && bar === undefined) continue;
      onAir.builder.giveUp(openTime);
      if (!isPublished && bar !== undefined) this.#tell(tracked, bar, true);
    }
  }

  /**
   * From the moment that the one before fell silent the other source counts: its trades since then,
   * and its bar of each minute that the silence lay in, or that the other owed. What it owes of the
   * time before was for the other to tell.
   */
  switchAir(tracked: Tracked, before: Lane, wasSilent: boolean): void {
    const lane = tracked.onAir;
    const since = before.lastEventTime;
    this.counts.airSwitches += 1;
    const of = { instrument: tracked.instrument.id, from: before.source, to: lane.source };
    this.#log.warn({ code: 'FEED_SWITCHED', ...of, since }, 'another source is on the air');
    const from = since - (since % MINUTE_MS);
    const owed = new Set(before.builder.awaited());
    for (const openTime of lane.builder.awaited()) {
      if (openTime < from && !owed.has(openTime)) lane.builder.giveUp(openTime);
    }
    for (const bar of lane.barsSince(Math.min(from, ...owed))) {
      if (bar.openTime < from && !owed.has(bar.openTime)) continue;
      const published = tracked.publishedAt(bar.openTime);
      if (published === undefined) this.#tell(tracked, bar, true);
      else if (wasSilent && published.source !== bar.source && mayCorrect(bar, published)) {
        this.#correct(tracked, published, { ...bar, state: 'corrected' });
      }
    }
    for (const trade of lane.takeHeld(since)) this.#outlet.trade(trade);
  }

  #settleOne(tracked: Tracked, lane: Lane, outcome: BarOutcome): void {
    const isOnAir = tracked.onAir === lane;
    switch (outcome.kind) {
      case 'bar':
        lane.keep(outcome.bar);
        if (isOnAir) this.#tellOnce(tracked, outcome.bar, outcome.inOrder);
        return;
      case 'corrected':
        lane.keep(outcome.bar);
        if (isOnAir && tracked.isCorrectedBy(outcome.bar)) {
          this.#correct(tracked, outcome.built, outcome.bar);
        }
        return;
      case 'missing': {
        // What another source tells in its place is missing to nobody.
        if (!isOnAir) return;
        this.counts.barsMissing += 1;
        const { openTime } = outcome;
        this.#log.error({ code: 'BAR_MISSING', openTime }, 'no bar for a minute');
        return;
      }
      case 'lateTrade':
        this.counts.lateTrades += 1;
        return;
      case 'uncorrected':
        this.counts.uncorrected += 1;
        this.#log.warn({ code: 'TRADE_NOT_CORRECTED', ...outcome }, 'trade is not known any more');
        return;
      default:
        outcome satisfies never;
    }
  }

  /** Another source, or another process, may have closed the minute before and told its bar. */
  #tellOnce(tracked: Tracked, bar: Bar, inOrder: boolean): void {
    const published = tracked.publishedAt(bar.openTime);
    if (published === undefined) this.#tell(tracked, bar, inOrder);
    else if (tracked.isCorrectedBy(bar)) {
      this.#correct(tracked, published, { ...bar, state: 'corrected' });
    }
  }

  #tell(tracked: Tracked, bar: Bar, inOrder: boolean): void {
    if (bar.builtFrom === 'trades') this.counts.barsOfTrades += 1;
    else this.counts.barsOfVenue += 1;
    if (!inOrder) this.counts.barsOutOfOrder += 1;
    // Nobody was told what the other source has corrected.
    const first: Bar = { ...bar, state: 'closed' };
    tracked.published(first);
    this.#outlet.bar(first, inOrder);
  }

  #correct(tracked: Tracked, built: Bar, bar: Bar): void {
    this.counts.barsCorrected += 1;
    this.#log.warn({ code: 'BAR_CORRECTED', built, bar }, 'bar has changed');
    tracked.published(bar);
    this.#outlet.bar(bar, true);
  }
}
