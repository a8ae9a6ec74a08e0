import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Logger } from '@ballast/observability';
import { createAlpacaFrontEnd } from './alpaca/front-end.ts';
import { type BybitFrontEnd, createBybitFrontEnd } from './bybit/front-end.ts';
import type { SimulatorConfig, VenueName } from './config.ts';
import { COMMISSION } from './equities.ts';
import { createFaultPlan, type FaultPlan } from './fault-plan.ts';
import { createFinnhubFrontEnd } from './finnhub/front-end.ts';
import type { FrontEnd } from './front-end.ts';
import { openJournal } from './journal.ts';
import { openMarkets } from './markets.ts';
import { readMarks, writeMarks } from './marks.ts';
import { createRequestLog, type LoggedRequest, type RequestLog } from './request-log.ts';
import { createTwsFrontEnd } from './tws/front-end.ts';
import { openVenue, type Venue } from './venue.ts';

/** One venue with its account, its markets, its faults and its front end. */
export type OpenedVenue = {
  readonly name: VenueName;
  readonly venue: Venue;
  readonly plan: FaultPlan;
  readonly frontEnd: FrontEnd;
  /** Of ByBit, which can more; null at the others. */
  readonly bybit: BybitFrontEnd | null;
  readonly requests: RequestLog['requests'];
  saveMarks(): void;
  /** The front end is closed by who made it listen. */
  stop(): Promise<void>;
};

export type Surroundings = {
  readonly log: Logger;
  readonly count: (frontEnd: string, code: string) => void;
  readonly fail: (error: Error) => void;
};

/**
 * Ready to listen. `lead`: the venue that has the stocks already; null for the first one.
 * @throws ConfigFault, ReplayFault, FeedError
 */
export async function openOne(
  name: VenueName,
  config: SimulatorConfig,
  surroundings: Surroundings,
  lead: Venue | null,
): Promise<OpenedVenue> {
  const startedAt = Date.now();
  const { log, fail } = surroundings;
  const directory = directoryOf(name, config.BALLAST_SIMULATOR_DATA_DIR);
  const marksPath = directory === undefined ? null : join(directory, 'prices.json');
  const marks = marksPath === null ? {} : readMarks(marksPath);
  const { markets, stop } = await openMarkets(name, config, {
    ...{ directory, marks, startedAt, log, lead },
  });
  const journal = openJournal(directory, log);
  const venue = openVenue(seedOf(name, config), markets, journal, startedAt, lead);
  if (name !== 'bybit') {
    venue.account.feeRates = { maker: 0n, taker: 0n };
    venue.account.commission = COMMISSION[name];
  }
  const plan: FaultPlan = createFaultPlan({
    seed: seedOf(name, config),
    now: Date.now,
    restart(fault, ms) {
      const away = frontEnd.restart({ ms, rollBackIds: fault === 'sessionIdRollBack' });
      if (fault === 'stateLost') frontEnd.loseState();
      away.catch((error: unknown) =>
        fail(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });
  venue.account.fillPercentMax = plan.fillPercentMax;
  const { requests, remember } = createRequestLog();
  const shared = { venue, faults: plan, now: Date.now, remember, ...surroundings };
  const { frontEnd, bybit } = createFrontEnd(name, config, shared);
  const saveMarks = (): void => {
    if (marksPath !== null) writeMarks(marksPath, markets);
  };
  // Before anybody can ask: the last minute of the history runs still, and is no kept one yet.
  saveMarks();
  return {
    name,
    venue,
    plan,
    frontEnd,
    bybit,
    requests,
    saveMarks,
    async stop() {
      await stop();
      saveMarks();
      journal.close();
    },
  };
}

/** ByBit's account lies where it always has; the others have folders of their own. */
function directoryOf(name: VenueName, root: string | undefined): string | undefined {
  if (root === undefined) return undefined;
  const directory = name === 'bybit' ? root : join(root, name);
  mkdirSync(directory, { recursive: true });
  return directory;
}

/** Ids follow from the seed: no two venues give the same. */
function seedOf(name: VenueName, { BALLAST_SIMULATOR_SEED: seed }: SimulatorConfig): string {
  return name === 'bybit' ? seed : `${seed}/${name}`;
}

function createFrontEnd(
  name: VenueName,
  config: SimulatorConfig,
  shared: Omit<Surroundings, 'log'> & {
    readonly venue: Venue;
    readonly faults: FaultPlan;
    readonly now: () => number;
    readonly remember: (request: LoggedRequest) => void;
  },
): Pick<OpenedVenue, 'frontEnd' | 'bybit'> {
  const credentials = {
    key: config.BALLAST_SIMULATOR_API_KEY,
    secret: config.BALLAST_SIMULATOR_API_SECRET,
  };
  switch (name) {
    case 'bybit': {
      const bybit = createBybitFrontEnd({ ...shared, credentials });
      return { frontEnd: bybit, bybit };
    }
    case 'alpaca':
      // Above the venue's own, so that tests are not slowed.
      return {
        frontEnd: createAlpacaFrontEnd({ ...shared, credentials, requestsPerMinute: 6_000 }),
        bybit: null,
      };
    case 'ibkr':
      return { frontEnd: createTwsFrontEnd(shared), bybit: null };
    case 'finnhub':
      return {
        frontEnd: createFinnhubFrontEnd({ ...shared, token: credentials.key }),
        bybit: null,
      };
    default:
      return name satisfies never;
  }
}
