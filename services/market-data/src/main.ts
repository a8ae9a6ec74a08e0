import { beatOnBus, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { runService } from '@ballast/observability';
import { readConfig } from './config.ts';
import { createMissingGauges } from './coverage/missing-alert.ts';
import { untilReady } from './hub/readiness.ts';
import { openHub } from './sources/open-hub.ts';
import { hubCounts, startStatus } from './status.ts';
import { startDuties } from './tenure/duties.ts';
import { contend } from './tenure/leadership.ts';
import { Tenure } from './tenure/tenure.ts';
import { openUniverse } from './universe/open-universe.ts';

const SERVICE = 'market-data';
const STARTING = 'the parts of the active process are still starting';

const config = readConfig();

/**
 * Two of these may run: both listen to the feeds and build the bars, and the one that holds the
 * lease publishes, stores and answers commands. It alone has the connections of which a venue
 * takes one.
 */
runService(SERVICE, async ({ log, metrics, onClose, fail }) => {
  const now = Date.now;
  const bus = openBus(config.BALLAST_REDIS_URL, SERVICE, log);
  onClose(() => bus.close(), 'bus');
  const db = openDatabase(config.BALLAST_DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  onClose(() => db.close(), 'database');

  const opened = openHub(config, { db, now, log });
  onClose(() => opened.stop(), 'hub');
  const { hub, sources, taker, feedSwitch, unheard } = opened;
  const universe = await openUniverse({ db, log });
  onClose(() => universe.stop(), 'universe');
  hub.follow(universe.wanted());
  universe.onChange(() => {
    hub.follow(universe.wanted());
    void leadership.tenure()?.fetchHistory();
  });

  let lacking = STARTING;
  const gauges = createMissingGauges(metrics);
  const leadership = contend({
    ...{ db, now, log, fail, redisUrl: config.BALLAST_REDIS_URL },
    owner: `${SERVICE} ${process.pid}`,
    onActive: (active) => feedSwitch.setActive(active),
    onSeen: (activeAt) => hub.output.activeUntil(activeAt),
    make: (fence, lease, lastActiveAt) =>
      new Tenure({
        ...{ bus, hub, unheard, fence, lastActiveAt, now, log },
        databaseUrl: config.BALLAST_DATABASE_URL,
        isHeld: () => !lease.isOver(fence),
        onFenced: () => lease.resign(fence),
      }),
    async begin(tenure) {
      await tenure.open();
      await startDuties(tenure, {
        ...{ config, bus, hub, universe, sources, taker, gauges, now, log, fail },
        onLacking: (what) => (lacking = what ?? STARTING),
      });
    },
  });
  onClose(() => leadership.stop(), 'lease');

  const counts = () => ({
    ...hubCounts(hub),
    ...universe.counts,
    ...leadership.tenure()?.counts(),
  });
  const status = startStatus({ bus, metrics, log, hub, counts, fence: leadership.fence });
  onClose(() => status.stop(), 'status');
  // Until then nobody can say as what it beats.
  const part = await leadership.firstPart;
  const beatsAs = () => (leadership.isStandby() ? 'market-data-standby' : 'market-data');
  const heartbeat = beatOnBus(bus, beatsAs, { log, counts: async () => counts() });
  onClose(() => heartbeat.stop(), 'heartbeat');

  const problem = await untilReady(hub.pipeline, {
    lacks: () => (leadership.isStandby() || leadership.hasBegun() ? null : lacking),
    ...{ isHeard: unheard.isHeard, now, log },
  });
  const instruments = hub.instruments.map(({ id }) => id);
  return { part, instruments, ...(problem === null ? {} : { problem }) };
});
