import { and, eq } from 'drizzle-orm';
import type { Database, Transaction } from '../database.ts';
import { dataCommands, dataRefusals } from '../tables/data-jobs.ts';

type Refusal = { readonly code: string; readonly detail: string };
type Command = {
  readonly id: string;
  readonly producer: string;
  readonly nonce: string;
  readonly type: string;
  readonly actor: string;
  readonly body: unknown;
};

/** Rolls back what a refused command had written, and nothing else. */
class Refused extends Error {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(refusal.code);
    this.refusal = refusal;
  }
}

/**
 * Stores the command together with what `carryOut` writes, or with the reason why it did nothing.
 * `redelivered`: this very entry was taken before, nothing is left to do.
 */
export async function takeDataCommand(
  db: Database,
  command: Command,
  { entryId, at }: { readonly entryId: string; readonly at: number },
  carryOut: (tx: Transaction) => Promise<Refusal | null>,
): Promise<'taken' | 'redelivered' | Refusal> {
  const { id, producer, nonce, type, actor, body } = command;
  return db.transaction(async (tx) => {
    const inserted = await tx
      .insert(dataCommands)
      .values({ id, producer, entryId, nonce, type, actor, body, receivedAt: at })
      .onConflictDoNothing()
      .returning({ id: dataCommands.id });
    const refusal =
      inserted.length === 0 ? await repeatOf(tx, command, entryId) : await tryOut(tx, carryOut);
    if (refusal === null) return 'taken';
    if (refusal === 'redelivered') return refusal;
    await saveDataRefusal(tx, {
      ...refusal,
      ...{ producer, entryId, commandId: id, refusedAt: at },
    });
    return refusal;
  });
}

async function tryOut(
  tx: Transaction,
  carryOut: (tx: Transaction) => Promise<Refusal | null>,
): Promise<Refusal | null> {
  try {
    await tx.transaction(async (inner) => {
      const refusal = await carryOut(inner);
      if (refusal !== null) throw new Refused(refusal);
    });
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

async function repeatOf(
  tx: Transaction,
  { id, producer }: Command,
  entryId: string,
): Promise<'redelivered' | Refusal> {
  const [earlier] = await tx
    .select({ entryId: dataCommands.entryId, producer: dataCommands.producer })
    .from(dataCommands)
    .where(eq(dataCommands.id, id));
  if (earlier === undefined) return { code: 'NONCE_REPEATED', detail: `command ${id}` };
  const isSameEntry = earlier.entryId === entryId && earlier.producer === producer;
  return isSameEntry ? 'redelivered' : { code: 'COMMAND_REPEATED', detail: `command ${id}` };
}

/** Whether this very stream entry brought a command that was taken. */
export async function isDataEntryTaken(
  db: Database,
  producer: string,
  entryId: string,
): Promise<boolean> {
  const rows = await db
    .select({ id: dataCommands.id })
    .from(dataCommands)
    .where(and(eq(dataCommands.producer, producer), eq(dataCommands.entryId, entryId)))
    .limit(1);
  return rows.length > 0;
}

/** One refusal an entry, however often it is delivered. */
export async function saveDataRefusal(
  db: Pick<Database, 'insert'>,
  refusal: typeof dataRefusals.$inferInsert,
): Promise<void> {
  await db
    .insert(dataRefusals)
    .values(refusal)
    .onConflictDoNothing({ target: [dataRefusals.producer, dataRefusals.entryId] });
}
