import { Input, SegmentedControl } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { PriceField } from './PriceField.tsx';
import { TargetFields } from './TargetFields.tsx';
import { TrailFields } from './TrailFields.tsx';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** The first stop, and how profit is taken. */
export function ExitFields({ instrument, ticket }: Props) {
  const { exitStyle } = ticket.fields;
  const parts = { instrument, ticket };
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label="Take profit"
        value={exitStyle}
        onChange={(value) =>
          ticket.exitBy(value === 'scaled' || value === 'trailing' ? value : 'single')
        }
        data={[
          { value: 'single', label: 'One target' },
          { value: 'scaled', label: 'Scaled' },
          { value: 'trailing', label: 'Trailing stop' },
        ]}
        data-testid="ticket-exit-style"
      />
      <div className="field-pair">
        <PriceField name="stop" label="Stop" {...parts} />
        {exitStyle === 'single' && <PriceField name="target" label="Target" {...parts} />}
        {exitStyle === 'trailing' && <TrailFields {...parts} />}
        {exitStyle === 'scaled' && (
          <Input.Wrapper label="Targets" labelElement="div">
            <SegmentedControl
              fullWidth
              aria-label="Number of targets"
              value={String(ticket.fields.targetCount)}
              onChange={(value) => ticket.change({ targetCount: value === '3' ? 3 : 2 })}
              data={['2', '3']}
              data-testid="ticket-target-count"
            />
          </Input.Wrapper>
        )}
      </div>
      {exitStyle === 'scaled' && <TargetFields {...parts} />}
    </>
  );
}
