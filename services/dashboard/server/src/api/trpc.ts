import { initTRPC, TRPCError } from '@trpc/server';
import type { Session } from '../session/sessions.ts';

export type ApiContext = {
  readonly session: Session | null;
  /** Counts as the operator's activity. */
  readonly touch: () => void;
};

/**
 * The browser takes the server for dead after this silence;
 * the ping leaves room for one that is late.
 */
const PING_MS = 1_000;
const SILENCE_MS = 3_000;

const t = initTRPC.context<ApiContext>().create({
  isDev: false,
  errorFormatter: ({ shape, error }) =>
    error.code === 'INTERNAL_SERVER_ERROR' ? { ...shape, message: reasonOf(error) } : shape,
  sse: {
    ping: { enabled: true, intervalMs: PING_MS },
    client: { reconnectAfterInactivityMs: SILENCE_MS },
  },
});

export const router = t.router;

/** Every procedure is built on this one or the next: there is no public procedure. */
export const readProcedure = t.procedure.use(({ ctx, next }) => {
  if (ctx.session === null) throw new TRPCError({ code: 'UNAUTHORIZED', message: 'log in first' });
  return next({ ctx: { ...ctx, session: ctx.session } });
});

export const operatorProcedure = readProcedure.use(({ ctx, next }) => {
  ctx.touch();
  return next({ ctx });
});

/** What the operator reads: a driver wraps what the store said in the text of its whole query. */
function reasonOf(error: Error): string {
  let link = error;
  while (link.cause instanceof Error && !isNamed(link)) link = link.cause;
  return link.message || (isNamed(link) ? link.code : link.name);
}

const isNamed = (link: Error): link is Error & { code: string } =>
  !(link instanceof TRPCError) && 'code' in link && typeof link.code === 'string';
