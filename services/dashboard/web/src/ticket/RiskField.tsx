import { SegmentedControl, TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { fixed } from '../format/number.ts';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** What may be lost at the stop, in money or as a share of the equity. */
export function RiskField({ instrument, ticket }: Props) {
  const { fields, change, amount } = ticket;
  const inPercent = fields.riskUnit === 'percent';
  return (
    <div className="field-pair">
      <TextInput
        label={inPercent ? 'Risk (% of equity)' : `Risk (${instrument.quoteCurrency})`}
        description={inPercent ? `= ${fixed(amount, 2)} ${instrument.quoteCurrency}` : undefined}
        inputWrapperOrder={['label', 'input', 'description', 'error']}
        className="num-input"
        inputMode="decimal"
        autoComplete="off"
        value={fields.risk}
        error={ticket.faults.risk}
        onChange={(event) => change({ risk: event.currentTarget.value })}
        data-testid="ticket-risk"
      />
      <SegmentedControl
        className="risk-unit"
        fullWidth
        aria-label="Risk in"
        value={fields.riskUnit}
        onChange={(value) =>
          change({
            riskUnit: value === 'percent' ? 'percent' : 'money',
            risk: value === 'percent' ? '0.05' : fixed(amount, 2).replaceAll(',', ''),
          })
        }
        data={[
          { value: 'money', label: instrument.quoteCurrency },
          { value: 'percent', label: '% equity' },
        ]}
        data-testid="ticket-risk-unit"
      />
    </div>
  );
}
