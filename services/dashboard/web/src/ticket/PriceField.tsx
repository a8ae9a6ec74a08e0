import { TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import type { Ticket } from './use-ticket.ts';

type Props = {
  name: 'entryPrice' | 'triggerPrice' | 'stop' | 'target' | 'target2' | 'target3' | 'trailAmount';
  label: string;
  instrument: InstrumentInfo;
  ticket: Ticket;
};

export function PriceField({ name, label, instrument, ticket }: Props) {
  return (
    <TextInput
      label={`${label} (${instrument.quoteCurrency})`}
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
