import { ALL_INSTRUMENTS } from '@ballast/domain';
import { useLocalStorage } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { Empty } from '../parts/Empty.tsx';
import { Panel } from '../parts/Panel.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { UniverseDialog } from '../universe/UniverseDialog.tsx';
import { ListDialog } from './ListDialog.tsx';
import { shownInstruments } from './shown-instruments.ts';
import { WatchTable } from './WatchTable.tsx';
import { WatchTools } from './WatchTools.tsx';

/** Another browser may have changed the lists. */
const REFRESH_MS = 60_000;

type Props = {
  instruments: readonly InstrumentInfo[];
  selected: string | null;
  onSelect: (instrument: string) => void;
};

/** What is streamed, or the part of it that a list of the operator's names. */
export function Watchlist({ instruments, selected, onSelect }: Props) {
  const query = useQuery({ ...trpc.watchlists.list.queryOptions(), refetchInterval: REFRESH_MS });
  const lists = query.data ?? [];
  const [name, setName] = useLocalStorage({ key: 'ballast-list', defaultValue: ALL_INSTRUMENTS });
  const [search, setSearch] = useState('');
  const [dialog, setDialog] = useState<'list' | 'newList' | 'universe' | null>(null);
  const list = lists.find((one) => one.name === name) ?? null;
  const shown = shownInstruments(instruments, list?.instruments ?? null, search);
  const close = (): void => setDialog(null);
  const isNew = dialog === 'newList';
  return (
    <Panel
      title="Watchlist"
      className="watchlist"
      aside="change since first bar of 24 h"
      testId="watchlist"
    >
      <QueryFault error={query.error} what="Lists" />
      <WatchTools
        lists={lists}
        count={instruments.length}
        chosen={list?.name ?? ALL_INSTRUMENTS}
        onChoose={setName}
        search={search}
        onSearch={setSearch}
        onOpen={setDialog}
      />
      {shown.length === 0 && instruments.length > 0 && (
        <Empty>{emptyText(search, list?.name ?? null)}</Empty>
      )}
      <WatchTable
        key={list?.name ?? ''}
        instruments={shown}
        selected={selected}
        onSelect={onSelect}
      />
      {(dialog === 'list' || isNew) && (
        <ListDialog
          list={isNew ? null : list}
          lists={lists.map((one) => one.name)}
          instruments={instruments}
          onStored={(stored) => {
            setName(stored);
            close();
          }}
          onClose={close}
        />
      )}
      {dialog === 'universe' && <UniverseDialog instruments={instruments} onClose={close} />}
    </Panel>
  );
}

function emptyText(search: string, list: string | null): string {
  if (search.trim() === '') return `Nothing of "${list ?? ''}" is streamed at the moment.`;
  const where = list === null ? 'No streamed instrument' : `Nothing in "${list}"`;
  return `${where} has "${search.trim()}" in its name.`;
}
