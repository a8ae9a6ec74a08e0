import type { CommandOf } from '@ballast/domain';
import { and, eq } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import {
  configurationCommands,
  configurationRefusals,
  operatorPasswords,
  strategyConfigurations,
  strategySwitches,
  systemSettings,
} from '../tables/supervisor.ts';

export type ConfigurationCommand =
  | CommandOf<'setStrategySwitch'>
  | CommandOf<'setSystemSetting'>
  | CommandOf<'setStrategyParameters'>
  | CommandOf<'setOperatorPassword'>;

/**
 * Stores the command and the row it asks for, together or not at all. The row has the command's id
 * and is in force from `receivedAt` (epoch ms) on, or from the later time that the command names.
 * `redelivered`: this very entry was taken before, nothing is left to do.
 */
export async function takeConfigurationCommand(
  db: Database,
  command: ConfigurationCommand,
  entryId: string,
  receivedAt: number,
): Promise<'taken' | 'redelivered' | 'COMMAND_REPEATED' | 'NONCE_REPEATED'> {
  const { id, producer, nonce, type, actor } = command;
  return db.transaction(async (tx) => {
    const inserted = await tx
      .insert(configurationCommands)
      .values({ id, producer, entryId, nonce, type, actor, body: storedBody(command), receivedAt })
      .onConflictDoNothing()
      .returning({ id: configurationCommands.id });
    if (inserted.length > 0) {
      await carryOut(tx, command, receivedAt);
      return 'taken';
    }
    const [earlier] = await tx
      .select({ entryId: configurationCommands.entryId, producer: configurationCommands.producer })
      .from(configurationCommands)
      .where(eq(configurationCommands.id, id));
    if (earlier === undefined) return 'NONCE_REPEATED';
    const isSameEntry = earlier.entryId === entryId && earlier.producer === producer;
    return isSameEntry ? 'redelivered' : 'COMMAND_REPEATED';
  });
}

async function carryOut(
  tx: Transaction,
  { id, actor, ...asked }: ConfigurationCommand,
  receivedAt: number,
): Promise<void> {
  switch (asked.type) {
    case 'setStrategySwitch': {
      const { override = false, ...body } = asked.body;
      const row = { ...body, id, actor, override, effectiveFrom: receivedAt };
      await tx.insert(strategySwitches).values(row);
      return;
    }
    case 'setSystemSetting': {
      const { from = receivedAt, ...body } = asked.body;
      const row = { ...body, id, actor, effectiveFrom: from, setAt: receivedAt };
      await tx.insert(systemSettings).values(row);
      return;
    }
    case 'setStrategyParameters': {
      const { from = receivedAt, ...body } = asked.body;
      const row = { ...body, id, actor, effectiveFrom: from, setAt: receivedAt };
      await tx.insert(strategyConfigurations).values(row);
      return;
    }
    case 'setOperatorPassword': {
      const { passwordHash } = asked.body;
      const row = { id, passwordHash, effectiveFrom: receivedAt, actor };
      await tx.insert(operatorPasswords).values(row);
      return;
    }
    default:
      asked satisfies never;
  }
}

/** Whether this very stream entry brought a command that was taken. */
export async function isEntryTaken(
  db: Database,
  producer: string,
  entryId: string,
): Promise<boolean> {
  const rows = await db
    .select({ id: configurationCommands.id })
    .from(configurationCommands)
    .where(
      and(eq(configurationCommands.producer, producer), eq(configurationCommands.entryId, entryId)),
    )
    .limit(1);
  return rows.length > 0;
}

/** One refusal an entry, however often it is delivered. */
export async function saveConfigurationRefusal(
  db: Database,
  refusal: typeof configurationRefusals.$inferInsert,
): Promise<void> {
  await db
    .insert(configurationRefusals)
    .values(refusal)
    .onConflictDoNothing({
      target: [configurationRefusals.producer, configurationRefusals.entryId],
    });
}

/** A password hash is kept in one place only. */
function storedBody(command: ConfigurationCommand): Record<string, unknown> {
  return command.type === 'setOperatorPassword' ? {} : command.body;
}
