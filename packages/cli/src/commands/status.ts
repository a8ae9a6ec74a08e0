import {
  FEED_STATE,
  HEARTBEAT_SERVICES,
  OPTIONAL_SERVICES,
  readHeartbeats,
  readState,
} from '@ballast/bus';
import {
  FEED_STATE_LATE_MS,
  HEARTBEAT_LATE_MS,
  MISSING_BARS_STALE_MS,
  MISSING_BARS_STATE,
  missingBars,
  overdueBars,
} from '@ballast/domain';
import type { Failing } from '@ballast/observability';
import { z } from 'zod';
import type { Platform } from '../platform.ts';
import { countText, type Report, timeText } from '../report.ts';
import { readStored } from './stored-status.ts';

/**
 * Ok when every service beats and can do its work, the feed is live, no bar stays missing, the
 * database answers, the brake is known and released, and no incident is open.
 */
export async function status({ access, db, bus }: Platform): Promise<Report> {
  const { account, mode } = access;
  const now = Date.now();
  const [beats, feed, said, stored] = await Promise.all([
    readHeartbeats(bus),
    readState(bus, FEED_STATE),
    readState(bus, MISSING_BARS_STATE),
    readStored(db, account, now),
  ]);
  const heard = new Set(beats.map(({ service }) => service));
  const expected = HEARTBEAT_SERVICES.filter(
    (service) => heard.has(service) || !OPTIONAL_SERVICES.includes(service),
  );
  const services = expected.map((service) => {
    const beat = beats.find((candidate) => candidate.service === service);
    // A service may beat between our look at the clock and its answer.
    const beatAgeMs = beat === undefined ? null : Math.max(0, now - beat.at);
    const alive = beatAgeMs !== null && beatAgeMs <= HEARTBEAT_LATE_MS;
    // The last word of one that is gone says nothing of now.
    return { service, alive, beatAgeMs, failing: (alive ? beat?.failing : null) ?? null };
  });
  const allWork = services.every(({ alive, failing }) => alive && failing === null);
  const bars = shownBars(said, now);
  const live = isLive(feed, now);
  return {
    ok: allWork && live && bars.ok && stored.ok,
    data: {
      account,
      mode,
      dashboardUrl: access.dashboardUrl,
      services,
      feed,
      missingBars: bars.data,
      ...stored.data,
    },
    lines: [
      `account ${account} (${mode})  dashboard ${access.dashboardUrl ?? 'not up yet'}`,
      ...services.flatMap(serviceLines),
      ...stored.brakeLines,
      `feed ${live ? 'live' : feedFault(feed, now)}`,
      bars.line,
      ...stored.lines,
    ],
  };
}

type ServiceState = {
  readonly service: string;
  readonly alive: boolean;
  readonly beatAgeMs: number | null;
  readonly failing: Failing | null;
};

function serviceLines({ service, alive, beatAgeMs, failing }: ServiceState): string[] {
  const age = beatAgeMs === null ? 'never beat' : `beat ${beatAgeMs} ms ago`;
  const told = `${service.padEnd(20)} ${age}`;
  if (failing === null) return [`${alive ? 'ok  ' : 'GONE'} ${told}`];
  const { cannot, code, since, advice } = failing;
  const fault = `cannot ${cannot} since ${timeText(since)} (${code})`;
  return [`FAIL ${told}, ${fault}`, `     ${advice}`];
}

const feedState = z.object({ at: z.number(), state: z.string() });

/** As market-data says it each second: its last word holds only while it is repeated. */
function isLive(said: unknown, now: number): boolean {
  const { success, data } = feedState.safeParse(said);
  return success && data.state === 'live' && now - data.at <= FEED_STATE_LATE_MS;
}

function feedFault(said: unknown, now: number): string {
  const { success, data } = feedState.safeParse(said);
  if (!success) return 'NOT LIVE: market-data has told nothing of it';
  if (now - data.at <= FEED_STATE_LATE_MS) return `NOT LIVE: ${data.state}`;
  return `NOT LIVE: market-data has told nothing since ${timeText(data.at)}`;
}

/** Before market-data has first told it there is nothing to hold against the platform. */
function shownBars(said: unknown, now: number) {
  if (said === null) return { ok: true, data: null, line: 'bars: not looked at yet' };
  const data = missingBars.parse(said);
  if (now - data.at > MISSING_BARS_STALE_MS) {
    return { ok: false, data, line: `bars NOT LOOKED AT since ${timeText(data.at)}` };
  }
  const overdue = overdueBars(data);
  if (overdue === 0) return { ok: true, data, line: 'bars: none stays missing' };
  const line = `bars MISSING: ${countText(overdue)} in ${countText(data.instruments)} instruments, see data coverage`;
  return { ok: false, data, line };
}
