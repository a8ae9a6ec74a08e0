import { Button, SegmentedControl, TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { PriceField } from './PriceField.tsx';
import { RiskField } from './RiskField.tsx';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

export function TicketFields({ instrument, ticket }: Props) {
  const { fields, change, turn, prefill } = ticket;
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
      <div className="field-pair">
        <SegmentedControl
          fullWidth
          aria-label="Entry type"
          value={fields.entryType}
          onChange={(value) => change({ entryType: value === 'limit' ? 'limit' : 'market' })}
          data={[
            { value: 'market', label: 'Market' },
            { value: 'limit', label: 'Limit' },
          ]}
          data-testid="ticket-entry-type"
        />
        {fields.entryType === 'limit' ? (
          <PriceField
            name="entryPrice"
            label="Entry price"
            bare
            instrument={instrument}
            ticket={ticket}
          />
        ) : (
          <TextInput
            aria-label="Entry price"
            value="at the market"
            readOnly
            tabIndex={-1}
            className="num-input quiet-input"
          />
        )}
      </div>
      <div className="field-pair">
        <PriceField name="stop" label="Stop" instrument={instrument} ticket={ticket} />
        <PriceField name="target" label="Target" instrument={instrument} ticket={ticket} />
      </div>
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
