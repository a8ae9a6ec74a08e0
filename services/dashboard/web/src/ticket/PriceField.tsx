import { TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import type { Ticket } from './use-ticket.ts';

type Props = {
  name: 'entryPrice' | 'stop' | 'target';
  label: string;
  /** Without a visible label: the control beside it names it. */
  bare?: boolean;
  instrument: InstrumentInfo;
  ticket: Ticket;
};

export function PriceField({ name, label, bare = false, instrument, ticket }: Props) {
  const named = bare
    ? { 'aria-label': label }
    : { label: `${label} (${instrument.quoteCurrency})` };
  return (
    <TextInput
      {...named}
      className="num-input"
      inputMode="decimal"
      autoComplete="off"
      value={ticket.fields[name]}
      error={ticket.faults[name]}
      onChange={(event) => ticket.change({ [name]: event.currentTarget.value })}
      data-testid={`ticket-${name}`}
    />
  );
}
