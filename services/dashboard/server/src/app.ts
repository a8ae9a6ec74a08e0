import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '@ballast/observability';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import { fastifyTRPCPlugin, type FastifyTRPCPluginOptions } from '@trpc/server/adapters/fastify';
import Fastify, { type FastifyBaseLogger, type FastifyInstance } from 'fastify';
import type { Dashboard } from './api/dashboard.ts';
import { type AppRouter, createRouter } from './api/router.ts';
import { registerGuard } from './http-guard.ts';
import { sessionOf } from './session/cookie.ts';
import { type LoginParts, registerLoginRoutes } from './session/login-routes.ts';
import { registerSite } from './static-site.ts';

const BODY_BYTES_MAX = 64 * 1024;
/** For a whole request; one that drips in would hold its connection for ever. */
const REQUEST_TIMEOUT_MS = 20_000;
/** One address; a page that is used hard makes a tenth of this. */
const REQUESTS_PER_MINUTE = 1_200;

export type AppParts = {
  readonly dashboard: Dashboard;
  readonly login: Omit<LoginParts, 'sessions' | 'now' | 'view'>;
  readonly log: Logger;
  /** The name in the address that people use, when it is neither a number nor localhost. */
  readonly hostName: string | null;
  /** Folder of the built page; null serves the API alone. */
  readonly site: string | null;
};

export async function buildApp(parts: AppParts): Promise<FastifyInstance> {
  const { dashboard, login, log } = parts;
  const { sessions } = dashboard;
  const loggerInstance: FastifyBaseLogger = log.child({ part: 'http' }, { level: 'warn' });
  const app = Fastify({
    loggerInstance,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_TIMEOUT_MS,
    forceCloseConnections: true,
  });
  await app.register(helmet, securityHeaders(login.cookie.secure));
  await app.register(cookie);
  registerGuard(app, sessions, parts.hostName);
  await app.register(rateLimit, { max: REQUESTS_PER_MINUTE, timeWindow: '1 minute' });
  app.get('/healthz', () => ({ ok: true }));
  registerLoginRoutes(app, {
    ...login,
    sessions,
    now: dashboard.now,
    view: dashboard.sessionView,
  });
  const trpcOptions: FastifyTRPCPluginOptions<AppRouter>['trpcOptions'] = {
    router: createRouter(dashboard),
    createContext: ({ req }) => {
      const session = sessionOf(req, sessions);
      return { session, touch: () => session !== null && sessions.touch(session.id) };
    },
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        log.error({ err: error, path }, 'procedure failed');
    },
  };
  await app.register(fastifyTRPCPlugin, { prefix: '/trpc', trpcOptions });
  if (parts.site !== null) await registerSite(app, parts.site);
  registerFallback(app, parts.site);
  return app;
}

/** An unknown path is a route of the page, unless it looks like data. */
function registerFallback(app: FastifyInstance, site: string | null): void {
  app.setNotFoundHandler(async (request, reply) => {
    const wantsPage = request.method === 'GET' && request.headers.accept?.includes('text/html');
    if (site !== null && wantsPage === true && !request.url.startsWith('/api/')) {
      reply.header('cache-control', 'no-cache').type('text/html; charset=utf-8');
      return readFile(join(site, 'index.html'));
    }
    return reply.code(404).send({ error: { code: 'NOT_FOUND', message: 'no such path' } });
  });
}

/** Styles may be inline, since the component kit sets its variables so; scripts may not. */
function securityHeaders(isHttps: boolean) {
  return {
    strictTransportSecurity: isHttps,
    crossOriginEmbedderPolicy: false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'", "'unsafe-inline'"],
        imgSrc: ["'self'", 'data:'],
        fontSrc: ["'self'"],
        connectSrc: ["'self'"],
        manifestSrc: ["'self'"],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    frameguard: { action: 'deny' as const },
    referrerPolicy: { policy: 'no-referrer' as const },
  };
}
