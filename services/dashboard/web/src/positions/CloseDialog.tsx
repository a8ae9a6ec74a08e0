import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { trimmed } from '../format/number.ts';
import { useQuote } from '../live/use-live.ts';
import { ChangeDialog } from './ChangeDialog.tsx';
import { exitPrice, resultAt } from './estimate.ts';
import { ResultFigure } from './ResultFigure.tsx';

type Props = {
  position: PortfolioPosition;
  instrument: InstrumentInfo | undefined;
  onClose: () => void;
};

/** Closing takes risk away: it is asked for once, and no lock of the ticket holds it back. */
export function CloseDialog({ position, instrument, onClose }: Props) {
  const close = useMutation(trpc.trades.close.mutationOptions());
  const quote = useQuote(position.instrument);
  const { tradeId } = position;
  const verb = position.direction === 'long' ? 'Sell' : 'Buy back';
  const symbol = symbolOf(position.instrument);
  const quantity = position.quantity.replace('-', '');
  const multiplier = instrument?.multiplier ?? '1';
  return (
    <ChangeDialog
      name="close"
      title={`Close ${symbol}?`}
      sentTitle={`Closing ${symbol}`}
      tradeId={tradeId}
      confirm="Close position"
      color="red.9"
      reason="closed by the operator"
      send={(asked) => close.mutate({ ...asked, tradeId })}
      state={close}
      onClose={onClose}
    >
      <p className="confirm-sentence">
        {verb} the whole position of {trimmed(quantity)} {instrument?.baseCurrency} in {symbol} at
        the market and cancel its stops and targets.
      </p>
      <dl className="figures">
        <ResultFigure
          label="Estimated result now, before fees"
          value={resultAt(position, exitPrice(position, quote), quantity, multiplier)}
          currency={instrument?.quoteCurrency}
        />
      </dl>
    </ChangeDialog>
  );
}
