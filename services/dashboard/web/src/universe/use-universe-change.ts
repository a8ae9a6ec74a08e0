import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient, trpc } from '../api/trpc.ts';
import { useCommandId } from '../commands/use-command-id.ts';

type Mode = 'add' | 'remove';

/** What is to be added or removed. A sent change that is altered is another command. */
export function useUniverseChange() {
  const { commandId, renew } = useCommandId();
  const [mode, setMode] = useState<Mode>('add');
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [reason, setReason] = useState('');
  const add = useMutation(trpc.universe.add.mutationOptions());
  const remove = useMutation(trpc.universe.remove.mutationOptions());
  const sent = mode === 'add' ? add : remove;
  const isReady = chosen.length > 0 && reason.trim() !== '' && sent.isIdle;

  function altered(): void {
    if (add.isIdle && remove.isIdle) return;
    add.reset();
    remove.reset();
    renew();
  }

  return {
    mode,
    chosen,
    reason,
    sent,
    isReady,
    setReason,
    begin(next: Mode): void {
      setMode(next);
      setChosen([]);
      altered();
    },
    choose(ids: readonly string[]): void {
      setChosen(ids);
      altered();
    },
    send(): void {
      if (isReady) sent.mutate({ commandId, instruments: [...chosen], reason });
    },
    /** It was carried out: what the page shows of it is fetched again. */
    taken(): void {
      const keys = [trpc.instruments.list.queryKey(), trpc.universe.search.queryKey()];
      for (const queryKey of keys) void queryClient.invalidateQueries({ queryKey });
    },
  };
}
