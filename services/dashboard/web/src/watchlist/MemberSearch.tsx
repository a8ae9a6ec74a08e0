import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { shownInstruments } from './shown-instruments.ts';

/** Matches that are offered at once; more are found by typing more. */
const OFFERED = 8;
/** What one list may hold. */
const MEMBERS_MAX = 100;

type Props = {
  instruments: readonly InstrumentInfo[];
  members: readonly string[];
  onAdd: (id: string) => void;
};

/** Finds streamed instruments for a list. */
export function MemberSearch({ instruments, members, onAdd }: Props) {
  const [text, setText] = useState('');
  const others = instruments.filter(({ id }) => !members.includes(id));
  const found = shownInstruments(others, null, text);
  const isFull = members.length >= MEMBERS_MAX;
  return (
    <div className="member-search">
      <TextInput
        label="Add an instrument"
        type="search"
        placeholder="Search among those that are streamed"
        value={text}
        maxLength={32}
        disabled={isFull}
        onChange={(event) => setText(event.currentTarget.value)}
        onKeyDown={(event) => {
          const [first] = found;
          if (event.key !== 'Enter') return;
          event.preventDefault();
          if (text.trim() !== '' && first !== undefined) onAdd(first.id);
        }}
        data-testid="member-search"
      />
      <div className="member-offers">
        {found.slice(0, isFull ? 0 : OFFERED).map(({ id, symbol }) => (
          <Button
            key={id}
            size="compact-xs"
            variant="default"
            onClick={() => onAdd(id)}
            data-testid={`offer-${symbol}`}
          >
            + {symbol}
          </Button>
        ))}
        {found.length > OFFERED && !isFull && (
          <span className="dim">and {found.length - OFFERED} more</span>
        )}
        {isFull && <span className="dim">A list holds {MEMBERS_MAX} at most.</span>}
      </div>
    </div>
  );
}
