import { type HistoryLink, openHistoryLink } from './history-link.ts';
import type { LinkTarget } from './link.ts';

export type HistoryLogin = {
  /** The login of whoever asks; a new one when there is none or it was lost. @throws FeedError */
  link(): Promise<HistoryLink>;
  /** Keeps it until what is given back is called. */
  use(): () => void;
  close(): Promise<void>;
};

/**
 * One login for all who ask at a time: the venue takes one of a client id, and a second one would
 * be refused for as long as the first is open. Let go of when nobody has used it for a while, since
 * another process may ask by then.
 */
export function createHistoryLogin(
  target: LinkTarget,
  times: { readonly answerMs: number; readonly idleMs: number },
): HistoryLogin {
  let opening: Promise<HistoryLink> | null = null;
  let users = 0;
  let idle: NodeJS.Timeout | undefined;

  async function close(): Promise<void> {
    clearTimeout(idle);
    const link = await opening?.catch(() => null);
    link?.close();
  }

  return {
    async link() {
      const before = opening;
      const known = await before?.catch(() => null);
      if (known?.isOpen === true) return known;
      // Who waited beside us may have begun one.
      if (opening === null || opening === before) {
        opening = openHistoryLink(target, times.answerMs);
      }
      return await opening;
    },
    use() {
      users += 1;
      clearTimeout(idle);
      return () => {
        users -= 1;
        if (users === 0) idle = setTimeout(() => void close(), times.idleMs).unref();
      };
    },
    close,
  };
}
