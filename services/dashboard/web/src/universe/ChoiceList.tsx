import { Checkbox, TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { count } from '../format/number.ts';

/** What one command may name, and what is shown at once. */
export const CHOICE_MAX = 100;

export type Choice = { readonly id: string; readonly symbol: string; readonly note: string };
type Props = {
  label: string;
  text: string;
  onText: (text: string) => void;
  choices: readonly Choice[];
  /** All that match; the rest is found by typing more. Null: not known. */
  found: number | null;
  chosen: readonly string[];
  onChoose: (ids: readonly string[]) => void;
  /** In place of the choices where there is none. */
  empty: ReactNode;
  children?: ReactNode;
};

/** A search whose matches can be ticked. What is ticked stays so when the search changes. */
export function ChoiceList(props: Props) {
  const { label, text, onText, choices, found, chosen, onChoose, empty, children } = props;
  const more = (found ?? 0) - choices.length;
  return (
    <div className="choice">
      <TextInput
        type="search"
        label={label}
        value={text}
        maxLength={64}
        data-autofocus
        onChange={(event) => onText(event.currentTarget.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
        data-testid="universe-search"
      />
      {children}
      {choices.length === 0 ? (
        empty
      ) : (
        <ul className="choice-rows" aria-label={label}>
          {choices.map(({ id, symbol, note }) => {
            const isChosen = chosen.includes(id);
            return (
              <li key={id}>
                <Checkbox
                  size="xs"
                  label={symbol}
                  description={note}
                  checked={isChosen}
                  disabled={!isChosen && chosen.length >= CHOICE_MAX}
                  onChange={() =>
                    onChoose(isChosen ? chosen.filter((other) => other !== id) : [...chosen, id])
                  }
                  data-testid={`choice-${symbol}`}
                />
              </li>
            );
          })}
        </ul>
      )}
      <p className="dim choice-foot">
        {found !== null && `${count(found)} found`}
        {more > 0 && `, ${count(more)} more by typing more`}
        {found !== null && '; '}
        {count(chosen.length)} chosen
        {chosen.length >= CHOICE_MAX && ', which is the most at once'}
      </p>
    </div>
  );
}
