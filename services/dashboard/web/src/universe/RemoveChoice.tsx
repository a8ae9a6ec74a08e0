import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { Empty } from '../parts/Empty.tsx';
import { shownInstruments } from '../watchlist/shown-instruments.ts';
import { CHOICE_MAX, ChoiceList } from './ChoiceList.tsx';

type Props = {
  instruments: readonly InstrumentInfo[];
  chosen: readonly string[];
  onChoose: (ids: readonly string[]) => void;
};

/** What is streamed. What is held cannot be removed: that is refused, and said. */
export function RemoveChoice({ instruments, chosen, onChoose }: Props) {
  const [text, setText] = useState('');
  const found = shownInstruments(instruments, null, text);
  return (
    <ChoiceList
      label="Streamed now"
      text={text}
      onText={setText}
      choices={found.slice(0, CHOICE_MAX).map(({ id, symbol, venue, listed, sector }) => ({
        id,
        symbol,
        note: `${venue} · ${sector ?? 'unclassified'}${listed ? '' : ' · not listed any more'}`,
      }))}
      found={found.length}
      chosen={chosen}
      onChoose={onChoose}
      empty={<Empty>Nothing that is streamed has this in its name.</Empty>}
    >
      <p className="dim">
        Stored bars and trades stay. What a trade or a position holds stays too.
      </p>
    </ChoiceList>
  );
}
