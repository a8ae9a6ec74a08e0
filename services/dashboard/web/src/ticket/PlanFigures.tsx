import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, NO_VALUE } from '../format/number.ts';
import { Figure } from '../parts/Figure.tsx';
import type { Ticket } from './use-ticket.ts';

type Props = { instrument: InstrumentInfo; ticket: Ticket };

/** What the plan comes to, by the server's own reckoning. */
export function PlanFigures({ instrument, ticket }: Props) {
  const { plan, preview, isCurrent } = ticket;
  const money = (text: string | null | undefined) => fixed(text, 2);
  const percent = preview?.percentOfEquity ?? null;
  return (
    <dl className="figures" data-current={isCurrent} data-testid="ticket-figures">
      <Figure label="Quantity" unit={instrument.baseCurrency} strong testId="ticket-quantity">
        {plan === null ? NO_VALUE : fixed(plan.quantity, decimalsOf(instrument.lotSize))}
      </Figure>
      <Figure
        label="Max loss at stop, before fees"
        unit={instrument.quoteCurrency}
        strong
        testId="ticket-max-loss"
      >
        {money(preview?.maxLoss)}
      </Figure>
      <Figure label="Entry about" unit={instrument.quoteCurrency}>
        {fixed(preview?.entryPrice, decimalsOf(instrument.tickSize))}
      </Figure>
      <Figure label="Reward : risk" testId="ticket-reward-risk">
        {preview?.rewardRisk == null ? NO_VALUE : `${fixed(preview.rewardRisk, 2)} : 1`}
      </Figure>
      <Figure label="Notional" unit={instrument.quoteCurrency}>
        {money(preview?.notional)}
      </Figure>
      <Figure label="Risk, of equity" unit="%">
        {fixed(percent, 3)}
      </Figure>
      <Figure label="Open risk with it" unit={instrument.quoteCurrency}>
        {money(preview?.openRiskAfter)}
      </Figure>
    </dl>
  );
}
