import { and, asc, eq } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { dataCommands, dataRefusals } from '../../tables/data-jobs.ts';
import { commandRefusals, commands, tradeEvents, trades } from '../../tables/order-gateway.ts';
import { configurationCommands, configurationRefusals } from '../../tables/supervisor.ts';

type Refused = {
  readonly kind: 'refused';
  readonly code: string;
  readonly detail: string;
  readonly at: number;
};
type Taken = {
  readonly kind: 'taken';
  readonly type: string;
  readonly at: number;
  readonly tradeId: string | null;
  readonly tradeStatus: string | null;
  /** Data of the trade's denial event, if it was denied. */
  readonly denial: unknown;
};
/** What the database knows of a command; `unseen` when nothing does (yet). */
export type CommandOutcome = { readonly kind: 'unseen' } | Refused | Taken;

const REPEATS: ReadonlySet<string> = new Set(['COMMAND_REPEATED', 'NONCE_REPEATED']);

/**
 * @param entryId the Redis stream entry that carried it, if known: a refused configuration command
 * is stored under it alone, since a refused text may not name an id that can be believed.
 */
export async function commandOutcome(
  db: Database,
  producer: string,
  commandId: string,
  entryId: string | null,
): Promise<CommandOutcome> {
  const taken = await takenCommand(db, producer, commandId);
  const refusal = await refusalOf(db, producer, commandId, entryId);
  if (taken === null) return refusal ?? { kind: 'unseen' };
  // A second copy of a command is refused; what became of the first is what counts.
  if (refusal === null || REPEATS.has(refusal.code)) return taken;
  return refusal;
}

async function takenCommand(
  db: Database,
  producer: string,
  commandId: string,
): Promise<Taken | null> {
  const [taken] = await db
    .select({
      type: commands.type,
      at: commands.receivedAt,
      tradeId: commands.tradeId,
      tradeStatus: trades.status,
    })
    .from(commands)
    .leftJoin(trades, eq(trades.id, commands.tradeId))
    .where(and(eq(commands.id, commandId), eq(commands.producer, producer)))
    .limit(1);
  if (taken !== undefined) {
    const denied = taken.type === 'openTrade' && taken.tradeStatus === 'denied';
    const { tradeId } = taken;
    const denial = denied && tradeId !== null ? await denialData(db, tradeId) : null;
    return { kind: 'taken', ...taken, denial };
  }
  const [set] = await db
    .select({ type: configurationCommands.type, at: configurationCommands.receivedAt })
    .from(configurationCommands)
    .where(
      and(eq(configurationCommands.id, commandId), eq(configurationCommands.producer, producer)),
    )
    .limit(1);
  const taker = set ?? (await takenByMarketData(db, producer, commandId));
  if (taker === undefined) return null;
  return { kind: 'taken', ...taker, tradeId: null, tradeStatus: null, denial: null };
}

async function takenByMarketData(db: Database, producer: string, commandId: string) {
  const [taken] = await db
    .select({ type: dataCommands.type, at: dataCommands.receivedAt })
    .from(dataCommands)
    .where(and(eq(dataCommands.id, commandId), eq(dataCommands.producer, producer)))
    .limit(1);
  return taken;
}

async function denialData(db: Database, tradeId: string): Promise<unknown> {
  const [event] = await db
    .select({ data: tradeEvents.data })
    .from(tradeEvents)
    .where(and(eq(tradeEvents.tradeId, tradeId), eq(tradeEvents.type, 'tradeDenied')))
    .orderBy(asc(tradeEvents.seq))
    .limit(1);
  return event?.data ?? null;
}

async function refusalOf(
  db: Database,
  producer: string,
  commandId: string,
  entryId: string | null,
): Promise<Refused | null> {
  const columns = {
    code: commandRefusals.code,
    detail: commandRefusals.detail,
    at: commandRefusals.refusedAt,
  };
  const [byGateway] = await db
    .select(columns)
    .from(commandRefusals)
    .where(and(eq(commandRefusals.commandId, commandId), eq(commandRefusals.producer, producer)))
    .orderBy(asc(commandRefusals.id))
    .limit(1);
  if (byGateway !== undefined) return { kind: 'refused', ...byGateway };
  const [byMarketData] = await db
    .select({
      code: dataRefusals.code,
      detail: dataRefusals.detail,
      at: dataRefusals.refusedAt,
    })
    .from(dataRefusals)
    .where(and(eq(dataRefusals.commandId, commandId), eq(dataRefusals.producer, producer)))
    .orderBy(asc(dataRefusals.id))
    .limit(1);
  if (byMarketData !== undefined) return { kind: 'refused', ...byMarketData };
  if (entryId === null) return null;
  const [bySupervisor] = await db
    .select({
      code: configurationRefusals.code,
      detail: configurationRefusals.detail,
      at: configurationRefusals.refusedAt,
    })
    .from(configurationRefusals)
    .where(
      and(eq(configurationRefusals.entryId, entryId), eq(configurationRefusals.producer, producer)),
    )
    .limit(1);
  return bySupervisor === undefined ? null : { kind: 'refused', ...bySupervisor };
}
