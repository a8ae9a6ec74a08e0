import { liveTrades } from './journal/book.ts';
import type { Journal } from './journal/journal.ts';
import type { Store } from './store/store.ts';

const DAY_MS = 24 * 3_600_000;
const MARGIN_MS = 60_000;

/**
 * Start is recovery. Promises and calls of the last process are closed as unanswered, and every
 * trade is told: its requests in flight become `unknown` and are asked for. The sweep that follows
 * brings the rest.
 */
export async function recover(
  store: Store,
  journal: Journal,
  tools: { now: () => number },
): Promise<{ trades: number; calls: number }> {
  const at = tools.now();
  const [outbox, calls] = await Promise.all([
    store.openOutbox(),
    store.unansweredCalls(journal.book.auditHead.seq),
  ]);
  const trades = liveTrades(journal.book);
  const error = { kind: 'unknownOutcome', code: 'PROCESS_ENDED', message: 'no answer was stored' };
  await Promise.all([
    journal.write({ type: 'closeOutbox', ids: outbox.map((row) => row.id), at }),
    ...calls.map(({ callId, tradeId }) =>
      journal.write({
        type: 'audit',
        row: { at, kind: 'brokerResponse', callId, tradeId, data: { error } },
      }),
    ),
    ...trades.map(({ id: tradeId }) =>
      journal.write({ type: 'input', tradeId, input: { type: 'restarted', at } }),
    ),
  ]);
  return { trades: trades.length, calls: calls.length };
}

/**
 * From when executions may be missing from the ledger: safely before the newest one, and before
 * every open trade; on an account's first start from now on.
 */
export async function firstSweepSince(
  store: Store,
  journal: Journal,
  tools: { now: () => number },
): Promise<number> {
  const newest = await store.newestFillTime();
  const opened = liveTrades(journal.book).map((trade) => trade.createdAt - MARGIN_MS);
  // A ledger that knows nothing yet begins here: what was traded before is nobody's to explain.
  if (newest === 0 && opened.length === 0) return tools.now() - MARGIN_MS;
  const known = newest === 0 ? [] : [newest - DAY_MS];
  return Math.max(1, Math.min(tools.now() - DAY_MS, ...known, ...opened));
}
