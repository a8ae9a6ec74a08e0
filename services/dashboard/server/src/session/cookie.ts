import type { FastifyReply, FastifyRequest } from 'fastify';
import { ABSOLUTE_MS, type Session, type Sessions } from './sessions.ts';

export const SESSION_COOKIE = 'ballast_session';

export type CookieSettings = { readonly secure: boolean };

export function sessionOf(request: FastifyRequest, sessions: Sessions): Session | null {
  return sessions.find(request.cookies[SESSION_COOKIE]);
}

export function setSessionCookie(reply: FastifyReply, id: string, settings: CookieSettings): void {
  reply.setCookie(SESSION_COOKIE, id, {
    ...attributes(settings),
    maxAge: Math.floor(ABSOLUTE_MS / 1_000),
  });
}

export function clearSessionCookie(reply: FastifyReply, settings: CookieSettings): void {
  reply.clearCookie(SESSION_COOKIE, attributes(settings));
}

function attributes(settings: CookieSettings) {
  return { path: '/', httpOnly: true, sameSite: 'strict', secure: settings.secure } as const;
}
