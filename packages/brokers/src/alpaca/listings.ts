import { setTimeout as delay } from 'node:timers/promises';
import { BrokerError } from '../broker-error.ts';
import { isOverBudget } from '../rate-budget.ts';
import { readAnswer } from './errors.ts';
import { list, named, time } from './fields.ts';
import { answered, type Rest } from './rest.ts';

/** The largest pages that the venue gives. */
const ORDERS_PAGE = 500;
const ACTIVITIES_PAGE = 100;
/**
 * Pages of one listing; more means that it does not end. Far above what an account trades in
 * months: a gateway that starts with an old trade open reads all executions since, and one that
 * cannot read them never starts.
 */
const ORDERS_PAGES_MAX = 200;
const ACTIVITIES_PAGES_MAX = 1_000;
/** A page waits for the rate budget this often, for a window of the venue at most. */
const WAITS_MAX = 60;
const WAIT_MS = 1_000;

type Asked = { readonly status: 'open' | 'all'; readonly afterMs: number };

/**
 * Orders sent after a time, oldest first, each once. Pages are by the time of sending, which many
 * orders can share: each page begins a millisecond before the last one ended.
 * @throws BrokerError LISTING_ENDLESS
 */
export async function ordersAfter(rest: Rest, { status, afterMs }: Asked): Promise<unknown[]> {
  const rows = new Map<string, unknown>();
  let next = afterMs;
  for (let page = 0; page < ORDERS_PAGES_MAX; page += 1) {
    const after = new Date(next).toISOString();
    const query = { status, after, limit: ORDERS_PAGE, direction: 'asc', nested: false } as const;
    const answer = await onePage(rest, page, () => rest.orders.getAllOrdersRaw(query));
    const found = readAnswer(() => list(answer));
    const before = rows.size;
    for (const row of found)
      rows.set(
        readAnswer(() => named(row, 'id')),
        row,
      );
    if (found.length < ORDERS_PAGE) return [...rows.values()];
    const last = readAnswer(() => time(found.at(-1), 'submitted_at'));
    if (rows.size === before || last - 1 <= next) break;
    next = last - 1;
  }
  throw endless();
}

/**
 * Executions after a time, oldest first.
 * @throws BrokerError LISTING_ENDLESS
 */
export async function activitiesAfter(rest: Rest, afterMs: number): Promise<unknown[]> {
  const rows: unknown[] = [];
  const query = {
    activityType: 'FILL',
    after: new Date(afterMs),
    direction: 'asc',
    pageSize: ACTIVITIES_PAGE,
  } as const;
  let pageToken: { pageToken?: string } = {};
  for (let page = 0; page < ACTIVITIES_PAGES_MAX; page += 1) {
    const asked = { ...query, ...pageToken };
    const call = () => rest.activities.getAccountActivitiesByActivityTypeRaw(asked);
    const answer = await onePage(rest, page, call);
    const found = readAnswer(() => list(answer));
    rows.push(...found);
    if (found.length < ACTIVITIES_PAGE) return rows;
    const last = readAnswer(() => named(found.at(-1), 'id'));
    if (last === pageToken.pageToken) break;
    pageToken = { pageToken: last };
  }
  throw endless();
}

/** A listing that is longer than the rate budget goes on with it: begun anew it never ended. */
async function onePage(
  rest: Rest,
  page: number,
  call: () => Promise<{ raw: Response }>,
): Promise<unknown> {
  for (let waits = page === 0 ? WAITS_MAX : 0; ; waits += 1) {
    try {
      return await answered(rest.paced('other', call));
    } catch (error) {
      if (!isOverBudget(error) || waits >= WAITS_MAX) throw error;
      await delay(WAIT_MS);
    }
  }
}

function endless(): BrokerError {
  return new BrokerError('unknownOutcome', 'LISTING_ENDLESS', 'a listing does not end');
}
