import {
  type BrakeRow,
  type Database,
  listTrades,
  newestBrakeState,
  openIncidents,
  switchesInForce,
} from '@ballast/db';
import { reasonOf, timeText } from '../report.ts';

const TRADES_MAX = 200;

/** What the status tells from the database; not ok when it does not answer, and why. */
export async function readStored(db: Database, account: string, now: number) {
  try {
    const [brake, trades, incidents, switches] = await Promise.all([
      newestBrakeState(db, account),
      listTrades(db, account, { limit: TRADES_MAX, open: true }),
      openIncidents(db, account),
      switchesInForce(db, now),
    ]);
    return shownStored({ brake, trades, incidents, switches });
  } catch (error) {
    // Services and feed are told by Redis: one of them may say why.
    const { message } = reasonOf(error);
    return {
      ok: false,
      data: {
        ...{ databaseFault: message, brake: null, strategySwitches: null },
        ...{ openTrades: null, incidents: null },
      },
      brakeLines: [
        `database NOT ANSWERING: ${message}`,
        '     brake, open trades and incidents are not known. Look at the disk (df -h) and at postgres.log.',
      ],
      lines: [],
    };
  }
}

type Stored = {
  readonly brake: BrakeRow | null;
  readonly trades: Awaited<ReturnType<typeof listTrades>>;
  readonly incidents: Awaited<ReturnType<typeof openIncidents>>;
  readonly switches: Awaited<ReturnType<typeof switchesInForce>>;
};

function shownStored({ brake, trades, incidents, switches }: Stored) {
  const brakeEngaged = brake?.engaged ?? true;
  return {
    ok: !brakeEngaged && incidents.length === 0,
    data: {
      databaseFault: null,
      brake: shownBrake(brake),
      strategySwitches: switches.map(({ strategy, buy, effectiveFrom }) => {
        return { strategy, buy, effectiveFrom };
      }),
      openTrades: trades,
      incidents: incidents.map(({ id, kind, instrument, detail, openedAt }) => {
        return { id, kind, instrument, detail, openedAt };
      }),
    },
    brakeLines: [`brake ${brakeEngaged ? 'ENGAGED' : 'released'}: ${brake?.reason ?? 'never set'}`],
    lines: [
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
