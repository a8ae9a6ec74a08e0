import type { SendPage } from './pager.ts';

const ANSWER_MS = 5_000;

/**
 * Pages as JSON by POST; any 2xx is an acknowledgement. `text` says it all in one line, for
 * receivers that show just that.
 */
export function webhook(to: string, about: { account: string; mode: string }): SendPage {
  return async ({ id, attempts: _tried, ...incident }) => {
    const { kind, instrument, detail } = incident;
    const where = instrument === null ? kind : `${kind} ${instrument}`;
    const text = `Ballast ${about.account} (${about.mode}): ${where}: ${detail}`;
    const response = await fetch(to, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ id, ...about, text, incident }),
      signal: AbortSignal.timeout(ANSWER_MS),
      redirect: 'error',
    });
    await response.body?.cancel();
    if (!response.ok) throw new Error(`the receiver answered ${response.status}`);
  };
}
