import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import type { ReactNode } from 'react';
import type { InstrumentInfo, TradeInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, signOf } from '../format/number.ts';
import { Age } from '../parts/Age.tsx';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { Figure } from '../parts/Figure.tsx';
import { Panel } from '../parts/Panel.tsx';
import { Signed } from '../parts/Signed.tsx';
import { StatusTag } from '../parts/StatusTag.tsx';
import { takeProfitWords } from '../ticket/plan-words.ts';
import { planOf } from './plan-text.ts';

const DECIMALS = 4;

type Props = {
  trade: TradeInfo;
  instrument: InstrumentInfo | undefined;
  position: PortfolioPosition | undefined;
  action: ReactNode;
};

export function TradeHead({ trade, instrument, position, action }: Props) {
  const places = instrument === undefined ? DECIMALS : decimalsOf(instrument.tickSize);
  const lots = instrument === undefined ? DECIMALS : decimalsOf(instrument.lotSize);
  const price = (text: string | null) => fixed(text, places);
  const quote = instrument?.quoteCurrency ?? '';
  const base = instrument?.baseCurrency ?? '';
  const plan = planOf(trade.plan);
  const single = plan?.takeProfit.style === 'single';
  const entered = signOf(trade.enteredQuantityCum) === 1;
  return (
    <Panel
      title={symbolOf(trade.instrument)}
      className="trade-head"
      aside={
        <span className="trade-tags">
          <DirectionTag direction={trade.direction} />
          <StatusTag status={trade.status} />
          <span className="dim">
            by {trade.origin}
            {trade.endReason !== null &&
              `, ${trade.endedAt === null ? 'explained' : 'ended'}: ${trade.endReason}`}
          </span>
          {action}
        </span>
      }
      testId="trade-head"
    >
      <dl className="figures figures-wide">
        <Figure label={entered ? 'Quantity' : 'Planned quantity'} unit={base}>
          {fixed(entered ? trade.enteredQuantityCum : plan?.quantity, lots)}
        </Figure>
        <Figure label="Entry price" unit={quote}>
          {price(trade.averageEntryPrice)}
        </Figure>
        {trade.averageExitPrice !== null && (
          <Figure label="Exit price" unit={quote}>
            {price(trade.averageExitPrice)}
          </Figure>
        )}
        <Figure label="Planned stop" unit={quote}>
          {price(plan?.stop ?? null)}
        </Figure>
        {instrument !== undefined && plan !== null && (
          <Figure label="Planned take profit" {...(single ? { unit: quote } : { wide: true })}>
            {takeProfitWords(plan.takeProfit, instrument)}
          </Figure>
        )}
        <Figure label="Realised" unit={quote}>
          <Signed value={trade.realisedCum} decimals={2} />
        </Figure>
        <Figure label="Fees" unit={quote}>
          {fixed(trade.feesCum, 4)}
        </Figure>
        {position !== undefined && <LiveFigures {...{ position, price, quote }} />}
      </dl>
    </Panel>
  );
}

type Live = { position: PortfolioPosition; price: (text: string | null) => string; quote: string };

/** What moves while the trade is open. */
function LiveFigures({ position, price, quote }: Live) {
  return (
    <>
      <Figure label="Stop now" unit={quote}>
        <span className="live">{price(position.stop)}</span>
      </Figure>
      <Figure label="Unrealised" unit={quote}>
        <span className="live">
          <Signed value={position.unrealised} decimals={2} />
        </span>
      </Figure>
      <Figure label="Mark">
        <span className="live">
          {price(position.mark)}
          <span className="unit">{quote}</span> <Age at={position.markAt} />
        </span>
      </Figure>
    </>
  );
}
