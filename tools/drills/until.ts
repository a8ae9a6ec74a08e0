import { setTimeout as delay } from 'node:timers/promises';
import { ProofError } from '../proof/confirm.ts';

const WAIT_MS = 25_000;
const POLL_MS = 20;

/**
 * Asks again and again until there is an answer that is neither null nor false. A look that throws
 * is no answer either: a store may just be starting again.
 * @param what what is waited for, as it is said when it does not come
 * @throws ProofError NOT_IN_TIME with the fault of the last look
 */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false>,
  withinMs: number = WAIT_MS,
): Promise<T> {
  const end = Date.now() + withinMs;
  let fault = '';
  for (;;) {
    try {
      const answer = await look();
      if (answer !== null && answer !== false) return answer;
      fault = '';
    } catch (error) {
      fault = `: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() >= end) {
      throw new ProofError('NOT_IN_TIME', `${what}, not within ${withinMs} ms${fault}`);
    }
    await delay(POLL_MS);
  }
}
