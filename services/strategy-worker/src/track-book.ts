import { type Database, recentBars } from '@ballast/db';
import type { Bar, InstrumentId } from '@ballast/domain';
import { forgottenWholly } from '@ballast/strategies';
import { createTrack, type InstrumentTrack, type TrackOpinion } from './instrument-track.ts';
import type { LiveParameters } from './live-parameters.ts';

/** Stored bars that a strategy begins with: several times what any needs by its own defaults. */
const WARM_UP_BARS_MIN = 500;

/** The tracks of all instruments, begun and begun again from the stored bars. */
export type TrackBook = {
  /** Begins an instrument from its stored bars; true when its strategies are warm. */
  warmUp(id: InstrumentId): Promise<boolean>;
  /**
   * What the strategies say on the next bar, or `repeated` for one they
   * have seen. @throws InvalidInput
   */
  opinionsOn(bar: Bar): Promise<readonly TrackOpinion[] | 'repeated'>;
};

/** From the warm-up of a strategy to the bars that it begins with. */
type Reach = (warmUp: number) => number;
const justWarm: Reach = (warmUp) => warmUp;

export function createTrackBook(
  db: Database,
  { parameters, onHole }: { readonly parameters: LiveParameters; onHole(bar: Bar): void },
): TrackBook {
  const tracks = new Map<InstrumentId, InstrumentTrack>();

  const fromStore = (id: InstrumentId, before: number, reach: Reach = forgottenWholly) =>
    trackFromStore(db, { parameters, id, before, reach });

  /**
   * While a track is not warm the store is asked again: history may arrive after its first bars.
   * With each bar, so for no more than makes it warm, until it does.
   */
  async function trackFor(bar: Bar): Promise<InstrumentTrack> {
    if (await parameters.haveChanged()) tracks.clear();
    const known = tracks.get(bar.instrument);
    if (known?.isWarm() === true) return known;
    const few = known && (await fromStore(bar.instrument, bar.openTime, justWarm));
    const stored = few?.isWarm() === false ? few : await fromStore(bar.instrument, bar.openTime);
    const isLonger = stored.precedes(bar) && stored.barsSeen() > (known?.barsSeen() ?? 0);
    const track = known === undefined || isLonger ? stored : known;
    tracks.set(bar.instrument, track);
    return track;
  }

  /**
   * After a hole the stored bars decide; if they too end before it,
   * the strategies begin with this bar.
   */
  async function stepAfterHole(bar: Bar): Promise<readonly TrackOpinion[]> {
    const track = await fromStore(bar.instrument, bar.openTime);
    tracks.set(bar.instrument, track);
    const result = track.accept(bar);
    if (result.kind === 'stepped') return result.opinions;
    track.warmUp([bar]);
    return [];
  }

  return {
    async warmUp(id) {
      // Others may have begun with what is no longer in force: they begin anew with their next bar.
      if (await parameters.haveChanged()) tracks.clear();
      const track = await fromStore(id, Number.POSITIVE_INFINITY);
      tracks.set(id, track);
      return track.isWarm();
    },
    async opinionsOn(bar) {
      const result = (await trackFor(bar)).accept(bar);
      if (result.kind === 'repeated') return 'repeated';
      if (result.kind === 'stepped') return result.opinions;
      onHole(bar);
      return stepAfterHole(bar);
    },
  };
}

async function trackFromStore(
  db: Database,
  {
    parameters,
    id,
    before,
    reach,
  }: { parameters: LiveParameters; id: InstrumentId; before: number; reach: Reach },
): Promise<InstrumentTrack> {
  // One more: the newest may be the bar that is to be judged.
  const needed = parameters.start().map(({ warmUp }) => reach(warmUp) + 1);
  const stored = await recentBars(db, id, '1m', Math.max(WARM_UP_BARS_MIN, ...needed));
  const track = createTrack(parameters.start);
  track.warmUp(stored.filter((bar) => bar.openTime < before));
  return track;
}
