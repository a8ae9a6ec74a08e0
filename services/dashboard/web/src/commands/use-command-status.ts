import type { CommandStatus } from '@ballast/dashboard-server/api';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../api/trpc.ts';

const WAITING_MS = 300;
/** Even after "not executed" we keep looking: the database has the last word, not our clock. */
const SETTLED_MS = 5_000;

export type SentCommand = { commandId: string; issuedAt: number; expiresAt: number };

/**
 * What has become of a command, asked for until something has; undefined before the first answer.
 */
export function useCommandStatus(sent: SentCommand): CommandStatus | undefined {
  const query = useQuery({
    ...trpc.commands.status.queryOptions({ commandId: sent.commandId }),
    staleTime: 0,
    refetchInterval: ({ state }) => {
      const status = state.data?.status ?? 'queued';
      if (status === 'queued') return WAITING_MS;
      return status === 'expired-unanswered' ? SETTLED_MS : false;
    },
  });
  return query.data;
}
