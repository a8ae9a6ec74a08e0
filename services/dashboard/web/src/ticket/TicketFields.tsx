import { Button, SegmentedControl } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { EntryFields } from './EntryFields.tsx';
import { ExitFields } from './ExitFields.tsx';
import { RiskField } from './RiskField.tsx';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

export function TicketFields({ instrument, ticket }: Props) {
  const { fields, turn, prefill } = ticket;
  return (
    <div className="ticket-fields">
      <SegmentedControl
        fullWidth
        aria-label="Direction"
        className={`direction-switch direction-${fields.direction}`}
        value={fields.direction}
        onChange={(value) => turn(value === 'short' ? 'short' : 'long')}
        data={[
          { value: 'long', label: '▲ Long' },
          { value: 'short', label: '▼ Short' },
        ]}
        data-testid="ticket-direction"
      />
      <RiskField instrument={instrument} ticket={ticket} />
      <EntryFields instrument={instrument} ticket={ticket} />
      <ExitFields instrument={instrument} ticket={ticket} />
      <Button
        variant="subtle"
        size="compact-xs"
        className="ticket-prefill"
        onClick={prefill}
        data-testid="ticket-prefill"
      >
        Levels from the recent range
      </Button>
    </div>
  );
}
