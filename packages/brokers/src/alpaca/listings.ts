import { BrokerError } from '../broker-error.ts';
import { readAnswer } from './errors.ts';
import { list, named, time } from './fields.ts';
import { answered, type Rest } from './rest.ts';

/** The largest pages that the venue gives. */
const ORDERS_PAGE = 500;
const ACTIVITIES_PAGE = 100;
/** Pages of one listing; more means that it does not end. */
const PAGES_MAX = 50;

type Asked = { readonly status: 'open' | 'all'; readonly afterMs: number };

/**
 * Orders sent after a time, oldest first, each once. Pages are by the time of sending, which many
 * orders can share: each page begins a millisecond before the last one ended.
 * @throws BrokerError LISTING_ENDLESS
 */
export async function ordersAfter(rest: Rest, { status, afterMs }: Asked): Promise<unknown[]> {
  const rows = new Map<string, unknown>();
  let next = afterMs;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const after = new Date(next).toISOString();
    const query = { status, after, limit: ORDERS_PAGE, direction: 'asc', nested: false } as const;
    const answer = await answered(rest.paced('other', () => rest.orders.getAllOrdersRaw(query)));
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
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const asked = { ...query, ...pageToken };
    const call = () => rest.activities.getAccountActivitiesByActivityTypeRaw(asked);
    const answer = await answered(rest.paced('other', call));
    const found = readAnswer(() => list(answer));
    rows.push(...found);
    if (found.length < ACTIVITIES_PAGE) return rows;
    pageToken = { pageToken: readAnswer(() => named(found.at(-1), 'id')) };
  }
  throw endless();
}

function endless(): BrokerError {
  return new BrokerError('unknownOutcome', 'LISTING_ENDLESS', 'a listing does not end');
}
