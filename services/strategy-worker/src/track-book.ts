import { type Database, recentBars } from '@ballast/db';
import type { Bar, Instrument, Timeframe } from '@ballast/domain';
import { forgottenWholly } from '@ballast/strategies';
import {
  createTrack,
  type InstrumentTrack,
  type SaidLeave,
  type TrackWord,
} from './instrument-track.ts';
import { knownBeside } from './known-beside.ts';
import { type LiveParameters, strategiesFor } from './live-parameters.ts';

/** Stored bars that a strategy begins with: several times what any needs by its own defaults. */
const WARM_UP_BARS_MIN = 500;

export type Tracked = Pick<Instrument, 'id' | 'session'>;

/** The tracks of all instruments and widths of bars, begun and begun again from stored bars. */
export type TrackBook = {
  /**
   * Begins a track from the stored bars that open at `upTo` (epoch ms) at the latest; true when its
   * strategies are warm.
   */
  warmUp(instrument: Tracked, timeframe: Timeframe, upTo?: number): Promise<boolean>;
  /**
   * What the strategies say on the next bar, or `repeated` for one they
   * have seen. @throws InvalidInput
   */
  wordsOn(bar: Bar, instrument: Tracked): Promise<readonly TrackWord[] | 'repeated'>;
  /** The newest words to leave of a track, history included; none where it has not begun. */
  leavesOf(instrument: Pick<Tracked, 'id'>, timeframe: Timeframe): readonly SaidLeave[];
};

/** From the warm-up of a strategy to the bars that it begins with. */
type Reach = (warmUp: number) => number;
const justWarm: Reach = (warmUp) => warmUp;

const nameOf = ({ id }: Pick<Tracked, 'id'>, timeframe: Timeframe): string => `${id} ${timeframe}`;

export function createTrackBook(
  db: Database,
  { parameters, onHole }: { readonly parameters: LiveParameters; onHole(bar: Bar): void },
): TrackBook {
  const tracks = new Map<string, InstrumentTrack>();

  const fromStore = (of: Tracked, timeframe: Timeframe, upTo: number, reach = forgottenWholly) =>
    trackFromStore({ db, parameters }, of, { timeframe, upTo, reach });

  /**
   * While a track is not warm the store is asked again: history may arrive after its first bars.
   * With each bar, so for no more than makes it warm, until it does.
   */
  async function trackFor(bar: Bar, instrument: Tracked): Promise<InstrumentTrack> {
    if (await parameters.haveChanged()) tracks.clear();
    const { timeframe, openTime } = bar;
    const name = nameOf(instrument, timeframe);
    const known = tracks.get(name);
    if (known?.isWarm() === true) return known;
    const few = known && (await fromStore(instrument, timeframe, openTime - 1, justWarm));
    const isTooFew = few?.isWarm() === false;
    const stored = isTooFew ? few : await fromStore(instrument, timeframe, openTime - 1);
    const isLonger = stored.precedes(bar) && stored.barsSeen() > (known?.barsSeen() ?? 0);
    const track = known === undefined || isLonger ? stored : known;
    tracks.set(name, track);
    return track;
  }

  const accept = async (track: InstrumentTrack, bar: Bar, instrument: Tracked) => {
    const strategies = strategiesFor(instrument, bar.timeframe);
    return track.accept(bar, await knownBeside(db, instrument, strategies, [bar]));
  };

  /**
   * After a hole the stored bars decide; if they too end before it,
   * the strategies begin with this bar.
   */
  async function stepAfterHole(bar: Bar, instrument: Tracked): Promise<readonly TrackWord[]> {
    const track = await fromStore(instrument, bar.timeframe, bar.openTime - 1);
    tracks.set(nameOf(instrument, bar.timeframe), track);
    const result = await accept(track, bar, instrument);
    if (result.kind === 'stepped') return result.words;
    const strategies = strategiesFor(instrument, bar.timeframe);
    track.warmUp([bar], await knownBeside(db, instrument, strategies, [bar]));
    return [];
  }

  return {
    async warmUp(instrument, timeframe, upTo = Number.MAX_SAFE_INTEGER) {
      // Others may have begun with what is no longer in force: they begin anew with their next bar.
      if (await parameters.haveChanged()) tracks.clear();
      const track = await fromStore(instrument, timeframe, upTo);
      tracks.set(nameOf(instrument, timeframe), track);
      return track.isWarm();
    },
    async wordsOn(bar, instrument) {
      const result = await accept(await trackFor(bar, instrument), bar, instrument);
      if (result.kind === 'repeated') return 'repeated';
      if (result.kind === 'stepped') return result.words;
      onHole(bar);
      return stepAfterHole(bar, instrument);
    },
    leavesOf: (instrument, timeframe) => tracks.get(nameOf(instrument, timeframe))?.leaves() ?? [],
  };
}

async function trackFromStore(
  { db, parameters }: { readonly db: Database; readonly parameters: LiveParameters },
  instrument: Tracked,
  of: { readonly timeframe: Timeframe; readonly upTo: number; readonly reach: Reach },
): Promise<InstrumentTrack> {
  const { timeframe, upTo, reach } = of;
  const start = () => parameters.start(instrument, timeframe);
  // One more: the newest may be the bar that is to be judged.
  const needed = start().map(({ warmUp }) => reach(warmUp) + 1);
  const wanted = Math.max(WARM_UP_BARS_MIN, ...needed);
  const stored = await recentBars(db, instrument.id, timeframe, wanted, upTo);
  const track = createTrack(start, instrument.session);
  const strategies = strategiesFor(instrument, timeframe);
  track.warmUp(stored, await knownBeside(db, instrument, strategies, stored));
  return track;
}
