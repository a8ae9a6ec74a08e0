import { randomBytes } from 'node:crypto';
import { isFenced, loadInstruments } from '@ballast/db';
import { type Instrument, uuidV7 } from '@ballast/domain';
import type { CommandHandlers, DataCommand, Refusal } from '../commands/command-handlers.ts';
import { startCommandIntake } from '../commands/command-intake.ts';
import { createJobHandlers } from '../jobs/job-commands.ts';
import { jobForGap } from '../jobs/job-for-gap.ts';
import { startJobs } from '../jobs/start-jobs.ts';
import type { HistoryOf } from '../sources/kept-bars.ts';
import type { DutyParts } from './duties.ts';
import type { Tenure } from './tenure.ts';

type UniverseCommands = 'addInstruments' | 'removeInstruments' | 'setWatchlist';

/** Jobs on stored data, and the operator's commands that ask for them and for the universe. */
export async function startWork(
  tenure: Tenure,
  { config, hub, universe, now, log, fail }: DutyParts,
  asked: {
    readonly handlers: Pick<CommandHandlers, UniverseCommands>;
    readonly prepare: (command: DataCommand) => Promise<Refusal | null>;
  },
): Promise<void> {
  const { db } = tenure;
  const { BALLAST_REDIS_URL: redisUrl, BALLAST_IMPORT_DIR: importDir } = config;
  // Bars of the past may be wanted of what is not streamed any more.
  const stored = new Map<string, Instrument>();
  const remember = async (): Promise<void> => {
    for (const instrument of await loadInstruments(db)) stored.set(instrument.id, instrument);
  };
  await remember();
  const historyOf: HistoryOf = (id) => {
    const instrument = stored.get(id);
    return hub.historyOf(id) ?? (instrument === undefined ? null : hub.historyFor(instrument));
  };
  const parts = { db, instruments: () => hub.instruments, historyOf, importDir };
  const jobs = startJobs({ ...parts, redisUrl, now, log });
  tenure.add(
    () => jobs.stop(),
    () => jobs.counts,
  );
  tenure.giveLargeGapsTo(async (gap, instrument) => {
    const at = now();
    const jobId = uuidV7(at, randomBytes(10));
    const made = await jobForGap(db, instrument, gap, { now: at, jobId });
    if (made) jobs.nudge();
    return made;
  });
  const intake = startCommandIntake({
    ...{ db, redisUrl, now, log, prepare: asked.prepare },
    account: config.BALLAST_ACCOUNT,
    mode: config.BALLAST_MODE,
    keys: {
      dashboard: config.BALLAST_COMMAND_KEY_DASHBOARD,
      cli: config.BALLAST_COMMAND_KEY_CLI,
    },
    handlers: { ...createJobHandlers(parts), ...asked.handlers },
    onTaken(command) {
      jobs.onTaken(command);
      universe
        .reload()
        .then(remember)
        .catch((error: unknown) => log.warn({ err: error }, 'the universe is read again later'));
    },
    // One that is fenced ends with its tenure.
    onFail: (error) => (isFenced(error) || tenure.isOver ? undefined : fail(error)),
  });
  tenure.add(
    () => intake.stop(),
    () => intake.counts,
  );
}
