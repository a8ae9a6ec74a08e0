import { TRPCClientError } from '@trpc/client';
import { useEffect, useRef, useState } from 'react';
import { client } from '../api/trpc.ts';
import { mintId } from '../commands/use-command-id.ts';
import { sessionStore } from '../session/session-store.ts';
import { type Asking, askUntilTaken } from './ask-until-taken.ts';

/** What no later attempt of this page would change. */
const FINAL = new Set(['UNAUTHORIZED', 'FORBIDDEN', 'BAD_REQUEST']);
/** A request that hangs must not hold the next one back. */
const REQUEST_MS = 10_000;

/** Asks for the brake until it is taken, the operator stops asking, or the page is left. */
export function useKillSwitch(): {
  asking: Asking | null;
  engage: (reason: string) => void;
  stop: () => void;
} {
  const [asking, setAsking] = useState<Asking | null>(null);
  const control = useRef<AbortController | null>(null);
  const stop = (): void => control.current?.abort();
  useEffect(() => stop, []);

  return {
    asking,
    stop,
    engage(reason) {
      stop();
      const own = new AbortController();
      control.current = own;
      const inTime = () => ({
        signal: AbortSignal.any([own.signal, AbortSignal.timeout(REQUEST_MS)]),
      });
      void askUntilTaken({
        newId: mintId,
        send: (commandId) => client.brake.engage.mutate({ commandId, reason }, inTime()),
        statusOf: (commandId) => client.commands.status.query({ commandId }, inTime()),
        isFinal,
        now: () => Date.now(),
        pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
        show: (news) => {
          if (control.current === own) setAsking(news);
        },
        signal: own.signal,
      });
    },
  };
}

function isFinal(error: unknown): boolean {
  if (!(error instanceof TRPCClientError)) return false;
  const code: unknown = error.data?.code;
  if (code === 'UNAUTHORIZED') sessionStore.ended();
  return typeof code === 'string' && FINAL.has(code);
}
