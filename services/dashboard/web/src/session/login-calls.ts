import { z } from 'zod';
import { sessionStore } from './session-store.ts';

const view = z.object({
  operator: z.string(),
  method: z.enum(['link', 'password']),
  account: z.string(),
  mode: z.enum(['paper', 'live']),
  priceSource: z.enum(['simulated', 'replay', 'bybit']),
  passwordSet: z.boolean().nullable(),
  now: z.number(),
});
const refusal = z.object({ error: z.object({ code: z.string(), message: z.string() }) });

/** Asks who we are; 'unreachable' when the server does not answer. */
export async function checkSession(): Promise<'in' | 'out' | 'unreachable'> {
  try {
    const response = await fetch('/api/session');
    if (response.status === 401) return 'out';
    if (!response.ok) return 'unreachable';
    sessionStore.started(view.parse(await response.json()));
    return 'in';
  } catch {
    return 'unreachable';
  }
}

/** Null = logged in; else what to tell the operator. */
export async function login(
  body: { ticket: string } | { password: string },
): Promise<string | null> {
  try {
    const response = await fetch('/api/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (response.ok) {
      sessionStore.started(view.parse(answer));
      return null;
    }
    const read = refusal.safeParse(answer);
    return read.success ? read.data.error.message : `refused with status ${response.status}`;
  } catch {
    return 'the server does not answer';
  }
}

export async function logout(): Promise<void> {
  try {
    await fetch('/api/logout', { method: 'POST' });
    sessionStore.out('You are logged out.');
  } catch {
    sessionStore.out('The server did not answer: close the browser to be sure.');
  }
}
