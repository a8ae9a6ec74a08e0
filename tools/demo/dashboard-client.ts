import { z } from 'zod';
import { DemoError } from './demo-error.ts';

const HEADERS = { 'content-type': 'application/json', 'x-ballast-client': 'demo' };
const answer = z.object({ result: z.object({ data: z.unknown() }) });

/** The dashboard's API as its page uses it: a session by login link, then tRPC over HTTP. */
export type DashboardClient = {
  query<T>(path: string, input: unknown, shape: z.ZodType<T>): Promise<T>;
  mutate(path: string, input: unknown): Promise<void>;
};

/** Redeems a login link. @throws DemoError LOGIN_FAILED */
export async function logIn(link: string): Promise<DashboardClient> {
  const url = new URL(link);
  const ticket = url.searchParams.get('ticket');
  const login = await fetch(new URL('/api/login', url), {
    method: 'POST',
    headers: HEADERS,
    body: JSON.stringify({ ticket }),
  });
  const cookie = login.headers.getSetCookie()[0]?.split(';')[0];
  if (!login.ok || cookie === undefined) {
    throw new DemoError('LOGIN_FAILED', `login answered ${login.status}: ${await login.text()}`);
  }
  const headers = { ...HEADERS, cookie };
  const call = async (path: string, request: Request): Promise<unknown> => {
    const response = await fetch(request);
    const text = await response.text();
    if (!response.ok) throw new DemoError('API_REFUSED', `${path}: ${response.status} ${text}`);
    return answer.parse(JSON.parse(text)).result.data;
  };
  return {
    async query(path, input, shape) {
      const address = new URL(`/trpc/${path}`, url);
      if (input !== undefined) address.searchParams.set('input', JSON.stringify(input));
      return shape.parse(await call(path, new Request(address, { headers })));
    },
    async mutate(path, input) {
      const address = new URL(`/trpc/${path}`, url);
      const body = JSON.stringify(input);
      await call(path, new Request(address, { method: 'POST', headers, body }));
    },
  };
}

const text = z.string();
export const instrumentList = z.array(
  z.object({
    id: text,
    symbol: text,
    quoteCurrency: text,
    tickSize: text,
    lotSize: text,
    minQuantity: text,
  }),
);
export const barList = z.array(z.object({ high: text, low: text, close: text }));
export const sizing = z.object({ quantity: text.nullable(), reason: text.nullable() });
export const preview = z.object({
  allowed: z.boolean(),
  verdicts: z.array(z.object({ rule: text, outcome: text, input: text, limit: text })),
});
export const tradeDetail = z
  .object({
    trade: z
      .object({
        id: text,
        status: text,
        endedAt: z.number().nullable(),
        endReason: text.nullish(),
      })
      .loose(),
    orders: z.array(
      z
        .object({ clientOrderId: text, role: text, status: text, venueOrderId: text.nullable() })
        .loose(),
    ),
    timeline: z.array(z.unknown()),
  })
  .nullable();
export type TradeDetail = NonNullable<z.infer<typeof tradeDetail>>;
