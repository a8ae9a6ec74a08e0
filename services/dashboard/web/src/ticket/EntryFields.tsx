import { TIMES_IN_FORCE, type TimeInForce } from '@ballast/domain';
import { Checkbox, NativeSelect, SegmentedControl } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { type EntryType, mayWait } from './plan-fields.ts';
import { PriceField } from './PriceField.tsx';
import type { Ticket } from './use-ticket.ts';

const TYPES: readonly { value: EntryType; label: string }[] = [
  { value: 'market', label: 'Market' },
  { value: 'limit', label: 'Limit' },
  { value: 'stop', label: 'Stop' },
  { value: 'stopLimit', label: 'Stop-limit' },
];
const TIME_NAMES: Record<TimeInForce, string> = {
  gtc: 'Until cancelled',
  day: 'Today’s session',
  ioc: 'At once, rest cancelled',
  fok: 'At once and whole',
};
const EXPIRIES = [
  { value: '', label: 'Never' },
  { value: '15', label: 'In 15 minutes' },
  { value: '60', label: 'In 1 hour' },
  { value: '240', label: 'In 4 hours' },
  { value: '1440', label: 'In 24 hours' },
];

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** How the position is entered, and for how long that is wanted. */
export function EntryFields({ instrument, ticket }: Props) {
  const { fields, change, enterBy } = ticket;
  const { entryType } = fields;
  const parts = { instrument, ticket };
  return (
    <>
      <SegmentedControl
        fullWidth
        aria-label="Entry type"
        value={entryType}
        onChange={(value) => enterBy(TYPES.find((type) => type.value === value)?.value ?? 'market')}
        data={[...TYPES]}
        data-testid="ticket-entry-type"
      />
      {entryType === 'limit' && (
        <div className="field-pair">
          <PriceField name="entryPrice" label="Limit" {...parts} />
          <NativeSelect
            label="Time in force"
            value={fields.timeInForce}
            onChange={(event) => {
              const chosen = TIMES_IN_FORCE.find((time) => time === event.currentTarget.value);
              change({ timeInForce: chosen ?? 'gtc' });
            }}
            data={TIMES_IN_FORCE.map((value) => ({ value, label: TIME_NAMES[value] }))}
            data-testid="ticket-time-in-force"
          />
        </div>
      )}
      {entryType === 'stop' && (
        <div className="field-pair">
          <PriceField name="triggerPrice" label="Trigger" {...parts} />
          <ExpiryField ticket={ticket} />
        </div>
      )}
      {entryType === 'stopLimit' && (
        <div className="field-pair">
          <PriceField name="triggerPrice" label="Trigger" {...parts} />
          <PriceField name="entryPrice" label="Limit" {...parts} />
        </div>
      )}
      {entryType !== 'stop' && mayWait(fields) && (
        <div className="field-pair">
          <ExpiryField ticket={ticket} />
          {entryType === 'limit' && (
            <Checkbox
              className="ticket-check"
              label="Post-only"
              checked={fields.postOnly}
              onChange={(event) => change({ postOnly: event.currentTarget.checked })}
              data-testid="ticket-post-only"
            />
          )}
        </div>
      )}
    </>
  );
}

function ExpiryField({ ticket }: { ticket: Ticket }) {
  const minutes = ticket.fields.expiresInMinutes;
  return (
    <NativeSelect
      label="Entry expires"
      value={minutes === null ? '' : String(minutes)}
      onChange={({ currentTarget: { value } }) =>
        ticket.change({ expiresInMinutes: value === '' ? null : Number(value) })
      }
      data={EXPIRIES}
      data-testid="ticket-expires"
    />
  );
}
