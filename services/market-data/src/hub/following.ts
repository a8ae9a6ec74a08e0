import {
  type DataSource,
  type Instrument,
  type InstrumentId,
  isSessionOpen,
} from '@ballast/domain';
import { ASKED_MAX_MS } from './bar-builder.ts';
import { Lane } from './lane.ts';
import { Tracked } from './tracked.ts';
import type { TradeFilter } from './trade-filter.ts';

/** What the hub has to know of a source. */
export type SourceTraits = {
  readonly name: DataSource;
  readonly tellsQuotes: boolean;
  /** Its trades may come late or change, and no bar of its own says so. */
  readonly keepsTrades: boolean;
  /** Its own bar of a minute opens at the close of the one before, whatever is traded first. */
  readonly opensAtLastClose?: boolean;
};

/** An instrument and the sources that can tell of it, best first. */
export type Wanted = {
  readonly instrument: Instrument;
  readonly sources: readonly SourceTraits[];
};

type FollowingOptions = {
  readonly isLive: (source: DataSource) => boolean;
  /** The source that was on the air tells of the instrument no more. */
  readonly onAirGone: (tracked: Tracked, before: Lane) => void;
  readonly now: () => number;
};

/** Which instruments are followed, and a lane for each source of each. */
export class Following {
  readonly #options: FollowingOptions;
  readonly #tracked = new Map<InstrumentId, Tracked>();
  /** Of lanes that are no more. */
  readonly #filtered = { repeatedTrades: 0, tradesFromTheFuture: 0, tradesOutOfOrder: 0 };

  constructor(options: FollowingOptions) {
    this.#options = options;
  }

  /**
   * These from now on and nothing else; a lane that there is already goes on as it was.
   * @param begin start of the first minute whose bar is wanted of a new lane, epoch ms
   */
  set(wanted: readonly Wanted[], begin: number): void {
    const ids = new Set(wanted.map(({ instrument }) => instrument.id));
    for (const [id, { lanes }] of this.#tracked) {
      if (ids.has(id)) continue;
      this.#end(lanes);
      this.#tracked.delete(id);
    }
    for (const one of wanted) {
      const known = this.#tracked.get(one.instrument.id);
      if (known === undefined) this.#tracked.set(one.instrument.id, this.#begin(one, begin));
      else this.#change(known, one, begin);
    }
  }

  of(id: InstrumentId): Tracked | undefined {
    return this.#tracked.get(id);
  }

  all(): IterableIterator<Tracked> {
    return this.#tracked.values();
  }

  /**
   * Instruments with closed minutes that have no bar yet, or one that the source has not confirmed,
   * and those minutes, oldest first. One without a bar that is older than is asked for at once
   * is filled as a gap; of a bar that is there nobody else doubts that it is right.
   */
  awaited(): { instrument: Instrument; openTimes: number[] }[] {
    const oldest = this.#options.now() - ASKED_MAX_MS;
    return [...this.all()].flatMap(({ instrument, onAir: { builder } }) => {
      const bare = builder.awaited().filter((openTime) => openTime >= oldest);
      const openTimes = [...bare, ...builder.unconfirmed()].toSorted((a, b) => a - b);
      return openTimes.length === 0 ? [] : [{ instrument, openTimes }];
    });
  }

  /** A bar that one of these sources owes for such a minute is waited for no more. */
  giveUp(
    sources: ReadonlySet<DataSource>,
    isOver: (instrument: InstrumentId, openTime: number) => boolean,
  ): void {
    for (const { instrument, lanes } of this.all()) {
      for (const { source, builder } of lanes) {
        if (!sources.has(source)) continue;
        for (const openTime of builder.awaited()) {
          if (isOver(instrument.id, openTime)) builder.giveUp(openTime);
        }
      }
    }
  }

  /** Instruments that trade now and of which no quote has come yet. */
  withoutQuote(): InstrumentId[] {
    const now = this.#options.now();
    return [...this.all()]
      .filter(({ hasQuote, lanes }) => !hasQuote && lanes.some((lane) => lane.tellsQuotes))
      .filter(({ instrument }) => isSessionOpen(instrument.session, now))
      .map(({ instrument }) => instrument.id);
  }

  /** How many instruments each source has on the air. */
  onAir(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { onAir } of this.all()) counts[onAir.source] = (counts[onAir.source] ?? 0) + 1;
    return counts;
  }

  filtered(): Record<string, number> {
    const sums = { ...this.#filtered };
    for (const { lanes } of this.all()) for (const { filter } of lanes) addTo(sums, filter.counts);
    return sums;
  }

  #begin({ instrument, sources }: Wanted, begin: number): Tracked {
    return new Tracked(
      instrument,
      sources.map((traits) => this.#lane(instrument, traits, begin)),
    );
  }

  #change(tracked: Tracked, { instrument, sources }: Wanted, begin: number): void {
    const before = tracked.lanes;
    const isSame = ({ name }: SourceTraits, index: number): boolean =>
      before[index]?.source === name;
    if (before.length === sources.length && sources.every(isSame)) return;
    const lanes = sources.map(
      (traits) => tracked.laneOf(traits.name) ?? this.#lane(instrument, traits, begin),
    );
    const { onAir } = tracked;
    tracked.setLanes(lanes, this.#options.now());
    this.#end(before.filter((lane) => !lanes.includes(lane)));
    if (!lanes.includes(onAir)) this.#options.onAirGone(tracked, onAir);
  }

  #lane(instrument: Instrument, { name, ...traits }: SourceTraits, begin: number): Lane {
    const lane = new Lane(name, { instrument, begin, ...traits });
    if (this.#options.isLive(name)) lane.setLive(this.#options.now());
    return lane;
  }

  #end(lanes: readonly Lane[]): void {
    for (const { filter } of lanes) addTo(this.#filtered, filter.counts);
  }
}

function addTo(
  sums: { repeatedTrades: number; tradesFromTheFuture: number; tradesOutOfOrder: number },
  counts: TradeFilter['counts'],
): void {
  sums.repeatedTrades += counts.repeated;
  sums.tradesFromTheFuture += counts.fromTheFuture;
  sums.tradesOutOfOrder += counts.outOfOrder;
}
