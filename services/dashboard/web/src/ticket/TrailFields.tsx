import { NativeSelect } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { NumberField } from './NumberField.tsx';
import type { PlanFields } from './plan-fields.ts';
import { PriceField } from './PriceField.tsx';
import type { Ticket } from './use-ticket.ts';

const WAYS: readonly { value: PlanFields['trailBy']; label: string }[] = [
  { value: 'amount', label: 'By amount' },
  { value: 'percent', label: 'By percent' },
  { value: 'atr', label: 'By range (ATR)' },
];

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** How far behind the best price the stop stays. */
export function TrailFields({ instrument, ticket }: Props) {
  const { fields, change } = ticket;
  const { trailBy, atr } = fields;
  return (
    <>
      <NativeSelect
        label="Trail"
        value={trailBy}
        onChange={(event) => {
          const chosen = WAYS.find((way) => way.value === event.currentTarget.value);
          change({ trailBy: chosen?.value ?? 'amount' });
        }}
        data={[...WAYS]}
        data-testid="ticket-trail-by"
      />
      <p className="ticket-hint">The stop follows the best price and never goes back.</p>
      {trailBy === 'amount' && (
        <PriceField name="trailAmount" label="Behind" instrument={instrument} ticket={ticket} />
      )}
      {trailBy === 'percent' && (
        <NumberField name="trailPercent" label="Behind (%)" ticket={ticket} />
      )}
      {trailBy === 'atr' && (
        <NumberField
          name="trailMultiple"
          label="Behind (× range)"
          description={atr === '' ? undefined : `range ${atr} ${instrument.quoteCurrency}`}
          ticket={ticket}
        />
      )}
    </>
  );
}
