import { Button, Group } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed, NO_VALUE } from '../format/number.ts';
import { useQuote } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { Figure } from '../parts/Figure.tsx';
import type { ReviewedOrder } from './ConfirmDialog.tsx';
import { REVIEW_MAX_AGE_MS } from './locks.ts';
import { orderSentence } from './order-sentence.ts';
import { takeProfitWords } from './plan-words.ts';

const REVIEW_LATE_MS = 15_000;

type Props = {
  instrument: InstrumentInfo;
  order: ReviewedOrder;
  locks: readonly string[];
  sending: boolean;
  fault: string | null;
  onCancel: () => void;
  onConfirm: () => void;
};

export function ConfirmAsk({
  instrument,
  order,
  locks,
  sending,
  fault,
  onCancel,
  onConfirm,
}: Props) {
  const { plan, preview } = order;
  return (
    <div className="confirm">
      <p className="confirm-sentence" data-testid="confirm-sentence">
        {orderSentence(instrument, plan, preview)}
      </p>
      <OrderFigures instrument={instrument} order={order} />
      {locks.length > 0 && (
        <p className="ticket-locked">
          <strong>Locked.</strong> {locks.join('. ')}.
        </p>
      )}
      {fault !== null && (
        <p className="fault" role="alert">
          No answer from the server ({fault}). It is not known whether the command left. Confirming
          again sends the same command, which is taken at most once.
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onCancel} data-autofocus data-testid="confirm-cancel">
          Cancel
        </Button>
        <Button
          color={plan.direction === 'long' ? 'teal.9' : 'red.9'}
          disabled={locks.length > 0}
          loading={sending}
          onClick={onConfirm}
          data-testid="confirm-send"
        >
          {plan.direction === 'long' ? '▲ Buy' : '▼ Sell'}{' '}
          {fixed(plan.quantity, decimalsOf(instrument.lotSize))} {instrument.baseCurrency}
        </Button>
      </Group>
    </div>
  );
}

/** The order's levels and what it comes to, beside the price of this moment. */
function OrderFigures({ instrument, order }: Pick<Props, 'instrument' | 'order'>) {
  const { plan, preview } = order;
  const price = (text: string) => fixed(text, decimalsOf(instrument.tickSize));
  const { quoteCurrency } = instrument;
  const quote = useQuote(instrument.id);
  return (
    <dl className="figures">
      <Figure label="Stop" unit={quoteCurrency}>
        {price(plan.stop)}
      </Figure>
      {plan.takeProfit.style === 'single' ? (
        <Figure label="Target" unit={quoteCurrency}>
          {price(plan.takeProfit.target)}
        </Figure>
      ) : (
        <Figure label="Take profit" wide testId="confirm-take-profit">
          {takeProfitWords(plan.takeProfit, instrument)}
        </Figure>
      )}
      <Figure label="Notional" unit={quoteCurrency}>
        {fixed(preview.notional, 2)}
      </Figure>
      <Figure label="Reward : risk">{ratio(preview.rewardRisk)}</Figure>
      <Figure label="Last price now" unit={quoteCurrency}>
        <span className="live">{price(quote?.last ?? '')}</span>
      </Figure>
      <Figure label="Reviewed">
        <Age at={order.at} lateMs={REVIEW_LATE_MS} deadMs={REVIEW_MAX_AGE_MS} suffix=" ago" />
      </Figure>
    </dl>
  );
}

/** None where a stop trails: what it brings is not known. */
function ratio(rewardRisk: string | null): string {
  return rewardRisk === null ? NO_VALUE : `${fixed(rewardRisk, 2)} : 1`;
}
