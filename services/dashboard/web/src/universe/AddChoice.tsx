import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { utcDayTime } from '../format/time.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { ChoiceList } from './ChoiceList.tsx';

/** What is typed is asked for once the keys rest. */
const TYPING_MS = 200;

type Props = { chosen: readonly string[]; onChoose: (ids: readonly string[]) => void };

/** What the venues list and is not streamed. */
export function AddChoice({ chosen, onChoose }: Props) {
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text, TYPING_MS);
  const query = useQuery({
    ...trpc.universe.search.queryOptions({ text: asked }),
    placeholderData: keepPreviousData,
  });
  const found = query.data;
  const isUnknown = found?.venues.length === 0;
  return (
    <ChoiceList
      label="Listed by the venues, and not streamed"
      text={text}
      onText={setText}
      choices={(found?.rows ?? []).map((row) => ({
        id: row.id,
        symbol: row.symbol,
        note: `${row.venue} · ${row.quoteCurrency} · ${row.sector ?? 'unclassified'}`,
      }))}
      found={found?.found ?? null}
      chosen={chosen}
      onChoose={onChoose}
      empty={
        <NoRows of={[query]}>
          {isUnknown
            ? 'No venue has told yet what it lists.'
            : 'Nothing that is listed and not streamed has this in its name.'}
        </NoRows>
      }
    >
      <QueryFault error={query.error} what="Listings" />
      {found !== undefined && !isUnknown && (
        <p className="dim">
          As listed by{' '}
          {found.venues.map(({ venue, at }) => `${venue} on ${utcDayTime(at)} UTC`).join(', ')}
        </p>
      )}
    </ChoiceList>
  );
}
