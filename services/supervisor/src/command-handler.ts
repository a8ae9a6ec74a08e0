import { randomBytes } from 'node:crypto';
import type { CommandEntry } from '@ballast/bus';
import {
  type Database,
  isEntryTaken,
  saveConfigurationRefusal,
  takeConfigurationCommand,
} from '@ballast/db';
import { type TradingMode, uuidV7 } from '@ballast/domain';
import type { Logger, Metrics } from '@ballast/observability';
import {
  type ConfigurationProducer,
  configurationVerdict,
  type ConfigurationVerdict,
  type Refusal,
} from './configuration-command.ts';
import { soakFault } from './soak-check.ts';
import type { ParameterSchemas } from './strategy-parameters.ts';

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
  schemas: ParameterSchemas;
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
    const verdict = await judge(entry, receivedAt);
    if (verdict.kind === 'left') return left.inc({ why: verdict.why });
    if (verdict.kind === 'refused') {
      // Taken, then delivered again after a crash: by now it looks expired.
      if (await isEntryTaken(db, entry.producer, entry.entryId)) return;
      return refuse(entry, verdict, receivedAt);
    }
    const { command } = verdict;
    const result = await takeConfigurationCommand(db, command, entry.entryId, receivedAt);
    if (result === 'redelivered') return;
    if (result !== 'taken') {
      const detail = `${command.type} ${command.id}`;
      return refuse(entry, { code: result, detail }, receivedAt);
    }
    taken.inc({ type: command.type });
    log.info({ command: command.id, type: command.type, actor: command.actor }, 'command taken');
  }

  async function judge(entry: CommandEntry, at: number): Promise<ConfigurationVerdict> {
    const verdict = configurationVerdict(entry, { ...options, now: at });
    if (verdict.kind !== 'own') return verdict;
    const fault = await soakFault(db, verdict.command, at);
    return fault === null ? verdict : { kind: 'refused', ...fault };
  }

  async function refuse(
    entry: CommandEntry,
    { code, detail }: Refusal,
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
