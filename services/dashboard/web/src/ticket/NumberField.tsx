import { TextInput } from '@mantine/core';
import type { Ticket } from './use-ticket.ts';

type Props = {
  name: 'share1' | 'share2' | 'trailPercent' | 'trailMultiple';
  label: string;
  description?: string | undefined;
  ticket: Ticket;
};

/** A number of the plan that is no price. */
export function NumberField({ name, label, description, ticket }: Props) {
  return (
    <TextInput
      label={label}
      description={description}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
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
