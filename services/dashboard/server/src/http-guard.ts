import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { sessionOf } from './session/cookie.ts';
import type { Sessions } from './session/sessions.ts';

const CLIENT_HEADER = 'x-ballast-client';
/** What may be asked for without a session; everything else is denied, known route or not. */
const PUBLIC_PATHS = new Set(['/api/login', '/healthz']);
const GUARDED_PREFIXES = ['/api/', '/trpc'];
const SAFE_METHODS = new Set(['GET', 'HEAD']);

/**
 * Three refusals before any handler runs: a host that is not ours, writes from another site, and
 * anything without a session.
 * @param hostName the name we are reached by besides addresses and localhost, or null
 */
export function registerGuard(
  app: FastifyInstance,
  sessions: Sessions,
  hostName: string | null,
): void {
  app.addHook('onRequest', async (request, reply) => {
    if (!isOwnHost(request.headers.host, hostName)) {
      return deny(request, reply, 403, 'HOST_UNKNOWN', 'this is not an address of the dashboard');
    }
    if (!SAFE_METHODS.has(request.method) && !isOwnPage(request)) {
      return deny(request, reply, 403, 'CROSS_SITE', 'a write must come from our own page');
    }
    if (isPublic(request) || sessionOf(request, sessions) !== null) return undefined;
    return deny(request, reply, 401, 'UNAUTHORIZED', 'log in first');
  });
}

/**
 * A foreign name may point to this machine while a browser shows a foreign page under it: for the
 * browser that page is then our own. A page cannot choose a number or localhost for its name.
 */
function isOwnHost(host: string | undefined, hostName: string | null): boolean {
  const name = URL.parse(`http://${host ?? ''}`)?.hostname;
  if (name === undefined || name === '') return false;
  if (name === 'localhost' || name === hostName) return true;
  return isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

/** The page itself and its assets are public reads; the data behind it is not. */
function isPublic(request: FastifyRequest): boolean {
  const path = request.url.split('?', 1)[0] ?? '';
  if (PUBLIC_PATHS.has(path)) return true;
  const isData = GUARDED_PREFIXES.some((prefix) => path.startsWith(prefix));
  const isPage = request.is404 || request.routeOptions.config.isPublic === true;
  return SAFE_METHODS.has(request.method) && !isData && isPage;
}

/**
 * Browsers send Sec-Fetch-Site with every request; older ones send Origin with writes. A program
 * sends neither and names itself in a header that a cross-site form cannot set.
 */
function isOwnPage(request: FastifyRequest): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin';
  const { origin, host } = request.headers;
  if (origin !== undefined) return URL.parse(origin)?.host === host;
  const client = request.headers[CLIENT_HEADER];
  return typeof client === 'string' && client !== '';
}

/** In tRPC's shape under /trpc, so that its client understands the refusal. */
function deny(
  request: FastifyRequest,
  reply: FastifyReply,
  status: 401 | 403,
  code: string,
  message: string,
) {
  request.log.info({ code, method: request.method, url: request.url }, 'request denied');
  if (!request.url.startsWith('/trpc'))
    return reply.code(status).send({ error: { code, message } });
  const trpcCode = status === 401 ? 'UNAUTHORIZED' : 'FORBIDDEN';
  const number = status === 401 ? -32_001 : -32_003;
  const error = { message, code: number, data: { code: trpcCode, httpStatus: status } };
  return reply.code(status).send({ error });
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Static files of the page: no session needed. */
    isPublic?: boolean;
  }
}
