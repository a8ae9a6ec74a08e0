import type { PlanPreview } from '@ballast/dashboard-server/api';
import type { TradePlanWire } from '@ballast/domain';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { entryWords } from './plan-words.ts';

/** The whole order in one sentence, so that a slip is read and not only seen. */
export function orderSentence(
  instrument: InstrumentInfo,
  plan: TradePlanWire,
  preview: PlanPreview,
): string {
  const verb = plan.direction === 'long' ? 'Buy' : 'Sell short';
  const amount = fixed(plan.quantity, decimalsOf(instrument.lotSize));
  const quantity = `${amount} ${instrument.baseCurrency}`;
  const entry = entryWords(plan, instrument, preview.entryPrice);
  const loss = `${fixed(preview.maxLoss, 2)} ${instrument.quoteCurrency}`;
  const share =
    preview.percentOfEquity === null ? '' : ` (${fixed(preview.percentOfEquity, 3)} % of equity)`;
  const order = `${verb} ${quantity} on ${instrument.symbol} ${entry}.`;
  return `${order} At the stop you lose about ${loss}${share}, before fees and slippage.`;
}
