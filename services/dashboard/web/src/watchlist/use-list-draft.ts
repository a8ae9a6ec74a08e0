import { ALL_INSTRUMENTS } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { WatchlistInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { useCommandId } from '../commands/use-command-id.ts';
import { isListName, listOfName } from './list-name.ts';

/**
 * A list as it is to be; null begins a new one. A sent draft that is altered is another command.
 * @param lists names of all lists
 * @param onStored the name of the list to show from now on
 */
export function useListDraft(
  list: WatchlistInfo | null,
  lists: readonly string[],
  onStored: (name: string) => void,
) {
  const { commandId, renew } = useCommandId();
  const [text, setText] = useState(list?.name ?? '');
  const [ids, setIds] = useState<readonly string[]>(list?.instruments ?? []);
  const [isRemoving, setRemoving] = useState(false);
  const sent = useMutation(trpc.watchlists.set.mutationOptions());
  const name = text.trim();
  // Once it is sent, the list of its name is this one.
  const nameOf = list === null && sent.isIdle ? listOfName(lists, name) : null;
  const isReady = isListName(name) && nameOf === null && ids.length > 0 && sent.isIdle;

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
    /** Another list that has the name of this new one. */
    nameOf,
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
