import { type Database, type GapRow, saveBars, storeHistory, trimBars } from '@ballast/db';
import { type Bar, type Instrument, TIMEFRAME_MS } from '@ballast/domain';
import { FeedError, type History } from '@ballast/feeds';
import { createLogger } from '@ballast/observability';
import { expect, vi } from 'vitest';
import { queryOnce } from '../../../tools/stores/query-once.ts';
import { createGapFiller } from '../src/backfill/gap-filler.ts';
import { minuteOf, REACH_MS, startGapWatch } from '../src/coverage/gap-watch.ts';
import { settleStretch } from '../src/jobs/settle-stretch.ts';
import { startRollWatch } from '../src/rolling/roll-watch.ts';
import { chance, isTraded, type Step, type Story } from './coverage-story.fixture.ts';
import { MINUTE } from './kept-bars.fixture.ts';

const DAY = TIMEFRAME_MS['1d'];
/** A gap that is longer is brought by a job; here one that a story of a few days holds. */
const JOB_BARS = 240;
/** Every minute is told this long after its end. */
const TOLD_AFTER_MS = 3_000;
/** Beyond what waits for anything: the end of a minute, of a pause of the filler, of a bar. */
const CALM_MS = [40_000, 40_000, 40_000, 330_000, 330_000];
const REFUSE_WIDE = `
  CREATE OR REPLACE FUNCTION refuse_wide() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION 'not now'; END $$;
  CREATE TRIGGER refuse_wide BEFORE INSERT ON bars
    FOR EACH ROW WHEN (NEW.timeframe <> '1m') EXECUTE FUNCTION refuse_wide()`;
const log = createLogger('market-data-test', 'silent');

type Stretch = { readonly from: number; readonly to: number };

/** One instrument through a story, with the parts that keep its bars and gaps in the service. */
export function createLife(
  stores: { readonly db: Database; readonly ownerUrl: string },
  instrument: Instrument,
  story: Story,
) {
  const { db } = stores;
  const { id } = instrument;
  const clock = { now: Date.parse(story.begins) + story.afterMs };
  const is = { outage: false, away: false, unlisted: false, refusing: false };
  let heardUntil = minuteOf(clock.now);
  let keptFrom = 0;
  let drawn = 0;
  const draw = (): number => chance(story.salt, (drawn += 1));
  let jobs: Stretch[] = [];

  /** What the venue has kept of the minutes that are over. */
  function kept({ from, to }: Stretch, how: Pick<Bar, 'state' | 'builtFrom' | 'source'>): Bar[] {
    const bars: Bar[] = [];
    for (let openTime = from; openTime + MINUTE <= Math.min(to, clock.now); openTime += MINUTE) {
      if (!isTraded(story, openTime)) continue;
      bars.push({
        ...{ instrument: id, timeframe: '1m', openTime, ...how, missing: 0 },
        ...{ open: '1', high: '1', low: '1', close: '1', volume: '1', tradeCount: 1 },
      });
    }
    return bars;
  }

  const told = { state: 'closed', builtFrom: 'trades', source: 'bybit' } as const;
  const brought = { state: 'backfilled', builtFrom: 'venue', source: 'bybit' } as const;
  const history: History = {
    source: 'bybit',
    timeframes: () => ['1m'],
    hearsAll: () => story.hearsAll,
    async *bars(_route, _timeframe, from, to) {
      if (is.away) throw new FeedError('HISTORY_UNREACHABLE', 'away');
      yield kept({ from, to }, brought);
    },
    close: async () => undefined,
  };
  const route = { instrument, symbol: id };

  function begin() {
    let fills = 0;
    const now = (): number => clock.now;
    const instruments = () => (is.unlisted ? [] : [instrument]);
    const watched = { db, instruments, now, log };
    const rolls = startRollWatch({ ...watched, begin: clock.now - 10 * MINUTE });
    const jobForGap = async (gap: GapRow): Promise<boolean> => {
      if (gap.bars <= JOB_BARS) return false;
      jobs.push({ from: gap.fromTime, to: gap.toTime + MINUTE });
      return true;
    };
    const historyOf = (asked: string) => (asked === id ? { route, history } : null);
    const filler = createGapFiller({ db, historyOf, reachMs: REACH_MS, jobForGap, now, log });
    const fill = () => filler.fill().finally(() => (fills += 1));
    const onCome = (of: Instrument, stretch: Stretch) => rolls.storedLate(of, stretch);
    const gaps = startGapWatch({ ...watched, begin: minuteOf(clock.now), onCome, fill });
    return {
      rolls,
      async look(): Promise<void> {
        const before = fills;
        gaps.lookNow();
        const wait = { interval: 2, timeout: 20_000 };
        await vi.waitFor(() => expect(fills, 'looks').toBeGreaterThan(before), wait);
      },
      async stop(): Promise<void> {
        await gaps.stop();
        await rolls.stop();
      },
    };
  }
  let service = begin();

  async function restart(afterMs: number): Promise<void> {
    await service.stop();
    clock.now += afterMs;
    jobs = [];
    service = begin();
  }

  async function settle({ from, to }: Stretch, isAsked: boolean): Promise<void> {
    const asked = isAsked ? { source: history.source, hearsAll: story.hearsAll } : null;
    await settleStretch(db, instrument, {
      ...{ timeframe: '1m', from, to, now: clock.now, asked, wide: 'roll' },
      isWatched: !is.unlisted,
    });
  }

  async function backfill({ from, to }: Stretch): Promise<void> {
    const until = Math.min(to, minuteOf(clock.now));
    if (until <= from) return;
    await storeHistory(db, kept({ from, to: until }, brought));
    await settle({ from, to: until }, true);
  }

  /** A file of some of the bars: nobody says that there are no others. */
  async function importSome(stretch: Stretch): Promise<void> {
    const bars = kept(stretch, { ...brought, source: 'import' }).filter(() => draw() < 0.7);
    const [first, last] = [bars[0], bars.at(-1)];
    if (first === undefined || last === undefined) return;
    await storeHistory(db, bars);
    await settle({ from: first.openTime, to: last.openTime + MINUTE }, false);
  }

  async function runJobs(): Promise<void> {
    const due = is.away ? [] : jobs.splice(0);
    for (const [index, job] of due.entries()) {
      try {
        await backfill(job);
      } catch (error) {
        if (!is.refusing) throw error;
        jobs.push(...due.slice(index));
        return;
      }
    }
  }

  async function turn(): Promise<void> {
    await service.look();
    // Each has a turn of its own: once in a while the looks are the faster ones.
    if (draw() < 0.9) await service.rolls.rollNow();
    await runJobs();
  }

  async function tell(bars: readonly Bar[]): Promise<void> {
    if (bars.length === 0 || is.unlisted) return;
    await saveBars(db, bars);
    service.rolls.stored(bars);
  }

  async function live(minutes: number, by: number): Promise<void> {
    for (let left = minutes; left > 0; left -= by) {
      clock.now += Math.min(by, left) * MINUTE;
      const to = minuteOf(clock.now - TOLD_AFTER_MS);
      if (!is.outage) await tell(kept({ from: heardUntil, to }, told));
      heardUntil = Math.max(heardUntil, to);
      await turn();
    }
  }

  async function refuse({ minutes, by, isLeft }: Step & { kind: 'refuse' }): Promise<void> {
    await queryOnce(stores.ownerUrl, REFUSE_WIDE);
    is.refusing = true;
    try {
      await live(minutes, by);
    } finally {
      await queryOnce(stores.ownerUrl, 'DROP TRIGGER refuse_wide ON bars');
      is.refusing = false;
    }
    if (isLeft) await restart(0);
  }

  async function trim({ daysAgo, wide }: Step & { kind: 'trim' }): Promise<void> {
    const before = clock.now - daysAgo * DAY;
    for (const timeframe of ['1m' as const, ...wide]) {
      await trimBars(db, { timeframe, before, now: clock.now });
    }
    const day = new Date(before);
    keptFrom = Math.max(keptFrom, Date.UTC(day.getUTCFullYear(), day.getUTCMonth(), 1));
  }

  async function play(step: Step): Promise<void> {
    const now = minuteOf(clock.now);
    switch (step.kind) {
      case 'live':
        return live(step.minutes, step.by);
      case 'refuse':
        return refuse(step);
      case 'down':
        await restart(step.minutes * MINUTE);
        heardUntil = minuteOf(clock.now);
        return undefined;
      case 'takeover':
        return restart(step.seconds * 1_000);
      case 'outage':
      case 'away':
      case 'unlisted':
        is[step.kind] = !is[step.kind];
        return undefined;
      case 'backfill': {
        const from = now - step.ago * MINUTE;
        return backfill({ from, to: from + Math.ceil(step.minutes * step.share) * MINUTE });
      }
      case 'import': {
        const from = now - step.ago * MINUTE;
        return importSome({ from, to: from + step.minutes * MINUTE });
      }
      case 'late': {
        const late = kept({ from: now - step.minutes * MINUTE, to: now }, brought);
        return tell(late.filter(() => draw() < 0.5));
      }
      case 'trim':
        return trim(step);
    }
  }

  return {
    async live(): Promise<{ readonly now: number; readonly keptFrom: number }> {
      try {
        for (const step of story.steps) {
          await play(step);
          await turn();
        }
        Object.assign(is, { outage: false, away: false, unlisted: false });
        for (const ms of CALM_MS) {
          clock.now += ms;
          await turn();
          await service.rolls.rollNow();
        }
        return { now: clock.now, keptFrom };
      } finally {
        await service.stop();
      }
    },
  };
}
