import { beatOnBus, openBus } from '@ballast/bus';
import { openDatabase } from '@ballast/db';
import { runService } from '@ballast/observability';
import { readConfig } from './config.ts';
import { createMissingGauges } from './coverage/missing-alert.ts';
import { Hub } from './hub/hub.ts';
import { firstQuotes } from './hub/readiness.ts';
import { TakerVolume } from './microstructure/taker-volume.ts';
import { openSources } from './sources/open-sources.ts';
import { hubCounts, startStatus } from './status.ts';
import { startDuties } from './tenure/duties.ts';
import { contend } from './tenure/leadership.ts';
import { Tenure } from './tenure/tenure.ts';
import { openUniverse } from './universe/open-universe.ts';

const SERVICE = 'market-data';

const config = readConfig();

/**
 * Two of these may run: both listen to every feed and build every bar, and the one that holds the
 * lease publishes, stores and answers commands.
 */
runService(SERVICE, async ({ log, metrics, onClose, fail }) => {
  const now = Date.now;
  const bus = openBus(config.BALLAST_REDIS_URL, SERVICE, log);
  onClose(() => bus.close(), 'bus');
  const db = openDatabase(config.BALLAST_DATABASE_URL, {
    onError: (error) => log.warn({ err: error }, 'database connection lost'),
  });
  onClose(() => db.close(), 'database');

  const sources = openSources(config, db, log);
  const taker = new TakerVolume();
  const hub = new Hub(sources, { log, now, taker });
  onClose(() => hub.stop(), 'hub');
  const universe = await openUniverse({ db, log });
  onClose(() => universe.stop(), 'universe');
  hub.follow(universe.wanted());
  universe.onChange(() => {
    hub.follow(universe.wanted());
    void leadership.tenure()?.fetchHistory();
  });

  const gauges = createMissingGauges(metrics);
  const leadership = contend({
    ...{ bus, db, now, log, fail, owner: `${SERVICE} ${process.pid}` },
    make: (fence, lease, lastActiveAt) =>
      new Tenure({
        ...{ bus, hub, fence, lastActiveAt, now, log, databaseUrl: config.BALLAST_DATABASE_URL },
        isHeld: () => lease.fence() === fence,
        onFenced: () => lease.resign(fence),
      }),
    async begin(tenure) {
      await tenure.open();
      await startDuties(tenure, {
        ...{ config, bus, hub, universe, sources, taker, gauges, now, log, fail },
      });
    },
  });
  onClose(() => leadership.stop(), 'lease');

  const counts = () => ({
    ...hubCounts(hub),
    ...universe.counts,
    ...leadership.tenure()?.counts(),
  });
  const { fence } = leadership;
  const status = startStatus({ bus, metrics, log, hub, counts, fence });
  onClose(() => status.stop(), 'status');
  // Until then nobody can say as what it beats.
  const part = await leadership.firstPart;
  const heartbeat = beatOnBus(
    bus,
    () => (leadership.isStandby() ? 'market-data-standby' : 'market-data'),
    { log, counts: async () => counts() },
  );
  onClose(() => heartbeat.stop(), 'heartbeat');

  await firstQuotes(hub.pipeline, { now, log });
  return { part, instruments: hub.instruments.map(({ id }) => id) };
});
