import { symbolOf } from '@ballast/domain';
import { Link } from '@tanstack/react-router';
import type { InstrumentInfo, TradeInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, NO_VALUE, signOf } from '../format/number.ts';
import { formatAge, utcDayTime } from '../format/time.ts';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { Signed } from '../parts/Signed.tsx';
import { StatusTag } from '../parts/StatusTag.tsx';
import { planOf } from './plan-text.ts';

const DECIMALS = 4;

type Props = { trade: TradeInfo; instrument: InstrumentInfo | undefined };

export function TradeRow({ trade, instrument }: Props) {
  const price = instrument === undefined ? DECIMALS : decimalsOf(instrument.tickSize);
  const lots = instrument === undefined ? DECIMALS : decimalsOf(instrument.lotSize);
  const quote = instrument?.quoteCurrency ?? '';
  const entered = signOf(trade.enteredQuantityCum) === 1;
  return (
    <tr data-testid={`trade-${trade.id}`}>
      <td data-label="Planned (UTC)">
        <Link to="/trades/$tradeId" params={{ tradeId: trade.id }} className="link">
          {utcDayTime(trade.createdAt)}
        </Link>
      </td>
      <td data-label="Instrument">{symbolOf(trade.instrument)}</td>
      <td data-label="Direction">
        <DirectionTag direction={trade.direction} />
      </td>
      <td data-label="Status">
        <StatusTag status={trade.status} />
      </td>
      <td data-label="From">{trade.origin}</td>
      <td data-label="Quantity" className="num">
        {entered ? (
          fixed(trade.enteredQuantityCum, lots)
        ) : (
          <span className="dim" title="planned; nothing was filled">
            {fixed(planOf(trade.plan)?.quantity, lots)}
          </span>
        )}
      </td>
      <td data-label="Entry" className="num">
        {fixed(trade.averageEntryPrice, price)}
      </td>
      <td data-label="Exit" className="num">
        {fixed(trade.averageExitPrice, price)}
      </td>
      <td data-label="Realised" className="num">
        <Signed value={trade.realisedCum} decimals={2} unit={quote} />
      </td>
      <td data-label="Fees" className="num">
        {fixed(trade.feesCum, 2)}
        <span className="unit">{quote}</span>
      </td>
      <td data-label="Took" className="num">
        {trade.endedAt === null ? NO_VALUE : formatAge(trade.endedAt - trade.createdAt)}
      </td>
    </tr>
  );
}
