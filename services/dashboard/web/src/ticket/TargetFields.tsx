import { Checkbox, TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { NO_VALUE } from '../format/number.ts';
import { NumberField } from './NumberField.tsx';
import { lastShare } from './plan-fields.ts';
import { PriceField } from './PriceField.tsx';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** Two or three targets, nearest first, each with its part of the quantity. */
export function TargetFields({ instrument, ticket }: Props) {
  const { fields, change } = ticket;
  const three = fields.targetCount === 3;
  const parts = { instrument, ticket };
  return (
    <>
      <div className="field-pair field-pair-wide">
        <PriceField name="target" label="Target 1" {...parts} />
        <NumberField name="share1" label="Part (%)" ticket={ticket} />
      </div>
      <div className="field-pair field-pair-wide">
        <PriceField name="target2" label="Target 2" {...parts} />
        {three ? (
          <NumberField name="share2" label="Part (%)" ticket={ticket} />
        ) : (
          <Rest {...parts} />
        )}
      </div>
      {three && (
        <div className="field-pair field-pair-wide">
          <PriceField name="target3" label="Target 3" {...parts} />
          <Rest {...parts} />
        </div>
      )}
      <Checkbox
        label="Stop to break-even after target 1"
        checked={fields.breakEvenAfterFirst}
        onChange={(event) => change({ breakEvenAfterFirst: event.currentTarget.checked })}
        data-testid="ticket-break-even"
      />
    </>
  );
}

/** What the last target takes follows from the others. */
function Rest({ ticket }: Props) {
  return (
    <TextInput
      label="Rest (%)"
      value={lastShare(ticket.fields) ?? NO_VALUE}
      readOnly
      className="num-input quiet-input"
      data-testid="ticket-last-share"
    />
  );
}
