import { desc, eq } from 'drizzle-orm';
import type { Database } from '../../database.ts';
import { blockedSignals, signals } from '../../tables/strategy-worker.ts';

export type SignalRow = typeof signals.$inferSelect & {
  /** Which gate stopped it, with what it saw and wanted; null when no gate did. */
  readonly blocked: {
    readonly gate: string;
    readonly input: string;
    readonly threshold: string;
  } | null;
};

/** The newest signals first, allowed and blocked. */
export async function recentSignals(db: Database, limit: number): Promise<SignalRow[]> {
  const rows = await db
    .select({ signal: signals, blocked: blockedSignals })
    .from(signals)
    .leftJoin(blockedSignals, eq(blockedSignals.signalId, signals.id))
    .orderBy(desc(signals.decidedAt), desc(signals.id))
    .limit(limit);
  return rows.map(({ signal, blocked }) => ({
    ...signal,
    blocked:
      blocked === null
        ? null
        : { gate: blocked.gate, input: blocked.input, threshold: blocked.threshold },
  }));
}
