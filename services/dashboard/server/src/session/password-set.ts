import { setTimeout as sleep } from 'node:timers/promises';

/** Longer than this nobody waits to be told who he is. */
const WAIT_MS = 500;

/** Whether there is a password; null when the database does not say, which keeps nobody out. */
export async function isPasswordSet(
  stored: () => Promise<string | null>,
  onFault: (error: unknown) => void,
): Promise<boolean | null> {
  const asked = stored().then(
    (hash) => hash !== null,
    (error: unknown) => {
      onFault(error);
      return null;
    },
  );
  return Promise.race([asked, sleep(WAIT_MS, null, { ref: false })]);
}
