import { HEARTBEAT_SERVICES, readHeartbeats, readState } from '@ballast/bus';
import {
  type BrakeRow,
  listTrades,
  newestBrakeState,
  openIncidents,
  switchesInForce,
} from '@ballast/db';
import { HEARTBEAT_LATE_MS } from '@ballast/domain';
import type { Platform } from '../platform.ts';
import { type Report, timeText } from '../report.ts';

const TRADES_MAX = 200;

/**
 * Ok when every service beats, the feed is live, the brake is known and released, and no incident
 * is open.
 */
export async function status({ access, db, bus }: Platform): Promise<Report> {
  const { account, mode } = access;
  const now = Date.now();
  const [beats, feed, brake, trades, incidents, switches] = await Promise.all([
    readHeartbeats(bus),
    readState(bus, 'feed:bybit'),
    newestBrakeState(db, account),
    listTrades(db, account, { limit: TRADES_MAX, open: true }),
    openIncidents(db, account),
    switchesInForce(db, now),
  ]);
  const services = HEARTBEAT_SERVICES.map((service) => {
    const beat = beats.find((candidate) => candidate.service === service);
    const beatAgeMs = beat === undefined ? null : now - beat.at;
    return { service, alive: beatAgeMs !== null && beatAgeMs <= HEARTBEAT_LATE_MS, beatAgeMs };
  });
  const brakeEngaged = brake?.engaged ?? true;
  const allAlive = services.every(({ alive }) => alive);
  const ok = allAlive && isLive(feed) && !brakeEngaged && incidents.length === 0;
  return {
    ok,
    data: {
      account,
      mode,
      dashboardUrl: access.dashboardUrl,
      services,
      feed,
      brake: shownBrake(brake),
      strategySwitches: switches.map(({ strategy, buy, effectiveFrom }) => ({
        strategy,
        buy,
        effectiveFrom,
      })),
      openTrades: trades,
      incidents: incidents.map(({ id, kind, instrument, detail, openedAt }) => ({
        id,
        kind,
        instrument,
        detail,
        openedAt,
      })),
    },
    lines: [
      `account ${account} (${mode})  dashboard ${access.dashboardUrl ?? 'not up yet'}`,
      ...services.map(({ service, alive, beatAgeMs }) => {
        const age = beatAgeMs === null ? 'never beat' : `beat ${beatAgeMs} ms ago`;
        return `${alive ? 'ok  ' : 'GONE'} ${service.padEnd(16)} ${age}`;
      }),
      `brake ${brakeEngaged ? 'ENGAGED' : 'released'}: ${brake?.reason ?? 'never set'}`,
      `feed ${isLive(feed) ? 'live' : 'NOT LIVE'}`,
      ...switches.map(({ strategy, buy }) => `strategy ${strategy}: buy ${buy ? 'on' : 'off'}`),
      `open trades: ${trades.length}`,
      ...trades.map(
        (trade) => `  ${trade.id} ${trade.instrument} ${trade.direction} ${trade.status}`,
      ),
      `open incidents: ${incidents.length}`,
      ...incidents.map(
        ({ openedAt, kind, instrument, detail }) =>
          `  ${timeText(openedAt)} ${kind} ${instrument ?? 'account'}: ${detail}`,
      ),
    ],
  };
}

function shownBrake(brake: BrakeRow | null) {
  if (brake === null) return { engaged: true, reason: 'never set, counts as engaged', at: null };
  const { engaged, state, reason, actor, at, coolingUntil } = brake;
  return { engaged, state, reason, actor, at, coolingUntil };
}

/** As market-data says it each second; that it still says so is what its heartbeat shows. */
function isLive(feed: unknown): boolean {
  return typeof feed === 'object' && feed !== null && 'state' in feed && feed.state === 'live';
}
