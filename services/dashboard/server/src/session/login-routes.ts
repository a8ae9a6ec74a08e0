import { verifyPassword } from '@ballast/db';
import { InvalidInput, PASSWORD_LENGTH_MAX } from '@ballast/domain';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { createAttempts } from './attempts.ts';
import {
  clearSessionCookie,
  type CookieSettings,
  sessionOf,
  setSessionCookie,
  SESSION_COOKIE,
} from './cookie.ts';
import type { LoginMethod, Sessions } from './sessions.ts';
import { createTicketGate } from './ticket.ts';
import type { SessionView } from './view.ts';

const BODY_BYTES_MAX = 4_096;
const OPERATOR = 'operator';

const loginBody = z.union([
  z.strictObject({ ticket: z.string().min(1).max(1_000) }),
  z.strictObject({ password: z.string().min(1).max(PASSWORD_LENGTH_MAX) }),
]);

export type LoginParts = {
  readonly sessions: Sessions;
  readonly loginKey: string;
  readonly cookie: CookieSettings;
  readonly now: () => number;
  /** PHC text in force, or null. */
  readonly storedPassword: () => Promise<string | null>;
  readonly view: (session: { operator: string; method: LoginMethod }) => Promise<SessionView>;
  readonly countLogin: (outcome: string) => void;
};

/** POST /api/login, POST /api/logout, GET /api/session. */
export function registerLoginRoutes(app: FastifyInstance, parts: LoginParts): void {
  const tickets = createTicketGate(parts.loginKey, parts.now);
  const attempts = createAttempts(parts.now);

  app.post('/api/login', { bodyLimit: BODY_BYTES_MAX }, async (request, reply) => {
    const body = loginBody.safeParse(request.body);
    if (!body.success) return refuse(400, 'LOGIN_MALFORMED', 'send a ticket or a password');
    // A ticket cannot be guessed. Were it to wait too, whoever fails on purpose locks us out.
    const waitMs = 'ticket' in body.data ? 0 : attempts.begin(request.ip);
    if (waitMs > 0) {
      reply.header('retry-after', Math.ceil(waitMs / 1_000));
      return refuse(429, 'TOO_MANY_ATTEMPTS', `wait ${Math.ceil(waitMs / 1_000)} s`);
    }
    const method: LoginMethod = 'ticket' in body.data ? 'link' : 'password';
    try {
      if ('ticket' in body.data) tickets.redeem(body.data.ticket);
      else if (!(await verifyPassword(body.data.password, await parts.storedPassword()))) {
        return await refuse(401, 'PASSWORD_WRONG', 'the password is not right');
      }
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      return await refuse(401, error.code, error.message);
    }
    attempts.succeed(request.ip);
    const before = request.cookies[SESSION_COOKIE];
    if (before !== undefined) parts.sessions.end(before);
    const session = parts.sessions.start(OPERATOR, method);
    setSessionCookie(reply, session.id, parts.cookie);
    parts.countLogin('ok');
    request.log.info({ method }, 'operator logged in');
    return parts.view(session);

    function refuse(status: number, code: string, message: string) {
      parts.countLogin(code);
      request.log.warn({ code }, 'login refused');
      return reply.code(status).send({ error: { code, message } });
    }
  });

  app.post('/api/logout', async (request, reply) => {
    const session = sessionOf(request, parts.sessions);
    if (session !== null) parts.sessions.end(session.id);
    clearSessionCookie(reply, parts.cookie);
    return { ok: true };
  });

  app.get('/api/session', async (request) => {
    const session = sessionOf(request, parts.sessions);
    if (session === null) throw new Error('the guard let a request without a session pass');
    parts.sessions.touch(session.id);
    return parts.view(session);
  });
}
