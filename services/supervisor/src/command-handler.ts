import { randomBytes } from 'node:crypto';
import type { CommandEntry } from '@ballast/bus';
import {
  type Database,
  isEntryTaken,
  saveConfigurationRefusal,
  takeConfigurationCommand,
} from '@ballast/db';
import { type CommandRefusal, type TradingMode, uuidV7 } from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import { type ConfigurationProducer, configurationVerdict } from './configuration-command.ts';

/**
 * Carries out what a batch asks for, in its order. A database failure throws:
 * the batch comes again.
 */
export function createCommandHandler(options: {
  db: Database;
  log: Logger;
  metrics: Metrics;
  keys: Readonly<Record<ConfigurationProducer, string>>;
  account: string;
  mode: TradingMode;
  /** Epoch ms. */
  now(): number;
}): (entries: readonly CommandEntry[]) => Promise<void> {
  const { db, log, metrics, now } = options;
  const taken = metrics.counter('ballast_supervisor_commands_taken_total', 'Commands carried out', [
    'type',
  ]);
  const refused = metrics.counter('ballast_supervisor_commands_refused_total', 'Commands refused', [
    'code',
  ]);
  const left = metrics.counter(
    'ballast_supervisor_commands_left_total',
    'Entries left to the gateway',
    ['why'],
  );

  async function handle(entry: CommandEntry): Promise<void> {
    const receivedAt = now();
    const verdict = configurationVerdict(entry, { ...options, now: receivedAt });
    if (verdict.kind === 'left') return left.inc({ why: verdict.why });
    if (verdict.kind === 'refused') {
      // Taken, then delivered again after a crash: by now it looks expired.
      if (await isEntryTaken(db, entry.producer, entry.entryId)) return;
      return refuse(entry, verdict.code, verdict.detail, receivedAt);
    }
    const { command } = verdict;
    const result = await takeConfigurationCommand(db, command, entry.entryId, receivedAt);
    if (result === 'redelivered') return;
    if (result !== 'taken') {
      return refuse(entry, result, `${command.type} ${command.id}`, receivedAt);
    }
    taken.inc({ type: command.type });
    log.info({ command: command.id, type: command.type, actor: command.actor }, 'command taken');
  }

  async function refuse(
    entry: CommandEntry,
    code: CommandRefusal,
    detail: string,
    refusedAt: number,
  ): Promise<void> {
    const { producer, entryId } = entry;
    const id = uuidV7(refusedAt, randomBytes(10));
    await saveConfigurationRefusal(db, { id, producer, entryId, code, detail, refusedAt });
    refused.inc({ code });
    log.warn({ producer, entryId, code, detail }, 'command refused');
  }

  return async (entries) => {
    for (const entry of entries) await handle(entry);
  };
}
