import { ALL_INSTRUMENTS } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { WatchlistInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { useCommandId } from '../commands/use-command-id.ts';

const NAME = /^[A-Za-z0-9][A-Za-z0-9 _-]{0,31}$/;

/**
 * A list as it is to be; null begins a new one. A sent draft that is altered is another command.
 * @param onStored the name of the list to show from now on
 */
export function useListDraft(list: WatchlistInfo | null, onStored: (name: string) => void) {
  const { commandId, renew } = useCommandId();
  const [text, setText] = useState(list?.name ?? '');
  const [ids, setIds] = useState<readonly string[]>(list?.instruments ?? []);
  const [isRemoving, setRemoving] = useState(false);
  const sent = useMutation(trpc.watchlists.set.mutationOptions());
  const name = text.trim();
  const isReady = NAME.test(name) && ids.length > 0 && sent.isIdle;

  function send(members: readonly string[]): void {
    const reason = list === null ? 'new list' : 'list edited';
    sent.mutate({ commandId, name, instruments: [...members], reason });
  }
  function altered(): void {
    setRemoving(false);
    if (sent.isIdle) return;
    sent.reset();
    renew();
  }

  return {
    text,
    ids,
    sent,
    isReady,
    isRemoving,
    rename(next: string): void {
      setText(next);
      altered();
    },
    choose(next: readonly string[]): void {
      setIds(next);
      altered();
    },
    save(): void {
      if (isReady) send(ids);
    },
    /** Asked for once, it is only announced. */
    remove(): void {
      if (isRemoving) send([]);
      else setRemoving(true);
    },
    async taken(): Promise<void> {
      await queryClient.invalidateQueries({ queryKey: trpc.watchlists.list.queryKey() });
      onStored(isRemoving ? ALL_INSTRUMENTS : name);
    },
  };
}
