import { z } from 'zod';
import { accountJson, activityId, activityJson } from './account-wire.ts';
import type { Desk } from './desk.ts';
import { invalid } from './refusal.ts';
import type { Answer, Asked, Route } from './rest.ts';

const DEFAULT_ACCOUNT = 'PA-SIMULATED';
const ACTIVITIES_MAX = 100;
const FILLS = 'FILL';
const activitiesQuery = z.object({
  activity_types: z.string().optional(),
  after: z.iso.datetime({ offset: true }).optional(),
  until: z.iso.datetime({ offset: true }).optional(),
  direction: z.enum(['asc', 'desc']).default('desc'),
  page_size: z.coerce.number().int().min(1).max(ACTIVITIES_MAX).default(ACTIVITIES_MAX),
  page_token: z.string().optional(),
});

const ok = (json: unknown): Answer => ({ status: 200, json });

export const ACCOUNT_ROUTES: readonly Route[] = [
  {
    method: 'GET',
    url: '/v2/account',
    kind: 'listing',
    act: (asked) =>
      ok(accountJson(deskAt(asked), asked.server.options.accountNumber ?? DEFAULT_ACCOUNT)),
  },
  {
    method: 'GET',
    url: '/v2/account/activities',
    kind: 'listing',
    act: (asked) => ok(activities(asked, asked.query['activity_types'])),
  },
  {
    method: 'GET',
    url: '/v2/account/activities/:id',
    kind: 'listing',
    act: (asked) => ok(activities(asked, asked.id)),
  },
];

/** The desk over the account as it was, for listings that are behind. */
export function deskAt({ server: { desk, past }, asOf, now }: Asked): Desk {
  return asOf < now ? { ...desk, venue: past.asOf(asOf) } : desk;
}

/** Executions by time; `page_token` is the id of the last one that was seen. */
function activities(asked: Asked, types: string | undefined): Readonly<Record<string, unknown>>[] {
  const parsed = activitiesQuery.safeParse(asked.query);
  if (!parsed.success) throw invalid(`invalid query: ${parsed.error.issues[0]?.path.join('.')}`);
  const { after, until, direction, page_size, page_token } = parsed.data;
  if (types !== undefined && !types.split(',').includes(FILLS)) return [];
  const from = after === undefined ? Number.NEGATIVE_INFINITY : Date.parse(after);
  const to = until === undefined ? Number.POSITIVE_INFINITY : Date.parse(until);
  const desk = deskAt(asked);
  const found = desk.venue.executions.filter(({ at }) => at > from && at < to);
  const rows = direction === 'asc' ? found : found.toReversed();
  const seen = rows.findIndex((execution) => activityId(execution) === page_token);
  if (page_token !== undefined && seen === -1) throw invalid('page_token is invalid');
  return rows.slice(seen + 1, seen + 1 + page_size).map((one) => activityJson(desk, one));
}
