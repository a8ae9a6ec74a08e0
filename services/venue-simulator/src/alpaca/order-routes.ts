import { z } from 'zod';
import { fillFirst } from '../fill-first.ts';
import { cancelRecord, type Desk, findRecord, isLive, orderOf, replace, submit } from './desk.ts';
import { type OrderJson, orderJson, type OrderRecord } from './order-record.ts';
import { invalid, notFound } from './refusal.ts';
import type { Answer, Asked, Route } from './rest.ts';

const LISTED_MAX = 500;
const OVER = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced']);

const listQuery = z.object({
  status: z.enum(['open', 'closed', 'all']).default('open'),
  limit: z.coerce.number().int().min(1).max(LISTED_MAX).default(50),
  after: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  direction: z.enum(['asc', 'desc']).default('desc'),
  symbols: z.string().optional(),
});

const ok = (json: unknown): Answer => ({ status: 200, json });

export const ORDER_ROUTES: readonly Route[] = [
  {
    method: 'POST',
    url: '/v2/orders',
    kind: 'submit',
    act({ server, body, now, fate }) {
      const ending = fate.rejectedLater ? 'rejectedLater' : 'booked';
      return ok(acknowledged(submit(server.desk, body, now, ending)));
    },
  },
  { method: 'GET', url: '/v2/orders', kind: 'listing', act: (asked) => ok(listed(asked)) },
  {
    method: 'GET',
    // A doubled colon is a plain one to the router.
    url: '/v2/orders::by_client_order_id',
    kind: 'query',
    act({ server: { desk }, query }) {
      const id = query['client_order_id'] ?? '';
      const record = desk.byClientId.get(id);
      if (record === undefined) throw notFound(`order not found for ${id}`);
      return ok(current(desk, record));
    },
  },
  {
    method: 'GET',
    url: '/v2/orders/:id',
    kind: 'query',
    act: ({ server: { desk }, id }) => ok(current(desk, findRecord(desk, id))),
  },
  {
    method: 'PATCH',
    url: '/v2/orders/:id',
    kind: 'replace',
    act({ server, id, body, now }) {
      const record = replace(server.desk, id, body, now);
      // A change that the matcher does not see is told by us, after what it has told.
      setImmediate(() => {
        if (!record.newTold) server.tell(record);
      });
      return ok(acknowledged(record));
    },
  },
  {
    method: 'DELETE',
    url: '/v2/orders/:id',
    kind: 'cancel',
    act({ server: { desk }, id, now, fate }) {
      if (fate.fillsFirst) fillFirst(desk.venue, orderOf(desk, findRecord(desk, id)), now);
      cancelRecord(desk, id, now);
      return { status: 204, json: null };
    },
  },
  {
    method: 'DELETE',
    url: '/v2/orders',
    kind: 'cancel',
    act: ({ server: { desk }, now }) => ({ status: 207, json: cancelAll(desk, now) }),
  },
];

/** @returns the id and status of each cancel */
export function cancelAll(desk: Desk, now: number): { id: string; status: number }[] {
  const live = [...desk.records.values()].filter((one) => isLive(one, orderOf(desk, one)));
  for (const { id } of live) cancelRecord(desk, id, now);
  return live.map(({ id }) => ({ id, status: 200 }));
}

/** As the venue answers a request: taken, whatever has become of it in the same moment. */
export function acknowledged(record: OrderRecord): OrderJson {
  const { filled, cost } = record.before;
  const taken = { ...record.last, status: 'new', endReason: '', filled, cost } as const;
  return { ...orderJson(record, taken), status: 'accepted' };
}

function current(desk: Desk, record: OrderRecord): OrderJson {
  return orderJson(record, orderOf(desk, record));
}

function listed({ server: { desk }, query, asOf, now }: Asked): OrderJson[] {
  const parsed = listQuery.safeParse(query);
  if (!parsed.success) throw invalid(`invalid query: ${parsed.error.issues[0]?.path.join('.')}`);
  const { status, limit, after, until, direction, symbols } = parsed.data;
  const from = after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(after);
  const to = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  const wanted = symbols === undefined || symbols === '' ? null : symbols.split(',');
  const found: OrderJson[] = [];
  for (const record of desk.records.values()) {
    const { createdAt, asked } = record;
    if (createdAt > asOf || createdAt <= from || createdAt >= to) continue;
    if (wanted !== null && !wanted.includes(asked.symbol)) continue;
    const json = asOf < now ? asItWas(desk, record, asOf) : current(desk, record);
    if (status === 'all' || OVER.has(json.status) === (status === 'closed')) found.push(json);
  }
  return (direction === 'asc' ? found : found.toReversed()).slice(0, limit);
}

/** As last told before a time; an order of which nothing had been told was just taken. */
function asItWas(desk: Desk, record: OrderRecord, at: number): OrderJson {
  const told = record.past.findLast((one) => one.at <= at);
  if (told !== undefined) return told.json;
  return record.past.length === 0 ? current(desk, record) : acknowledged(record);
}
