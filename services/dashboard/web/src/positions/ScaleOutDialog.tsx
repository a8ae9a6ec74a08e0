import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { parseScaled, symbolOf } from '@ballast/domain';
import { SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { decimalsOf, fixed, scaledOrNull, trimmed } from '../format/number.ts';
import { useQuote } from '../live/use-live.ts';
import { Figure } from '../parts/Figure.tsx';
import { ChangeDialog } from './ChangeDialog.tsx';
import { exitPrice, partOf, resultAt } from './estimate.ts';
import { ResultFigure } from './ResultFigure.tsx';

const SHARES = [
  { value: '0.25', label: '25 %' },
  { value: '0.5', label: '50 %' },
  { value: '0.75', label: '75 %' },
  { value: 'quantity', label: 'Quantity' },
];

type Props = { position: PortfolioPosition; instrument: InstrumentInfo; onClose: () => void };

/** A part at the market; stops and targets follow what is left. */
export function ScaleOutDialog({ position, instrument, onClose }: Props) {
  const scale = useMutation(trpc.trades.scaleOut.mutationOptions());
  const quote = useQuote(position.instrument);
  const [share, setShare] = useState('0.5');
  const [typed, setTyped] = useState('');
  const { tradeId } = position;
  const symbol = symbolOf(position.instrument);
  const open = position.quantity.replace('-', '');
  const byShare = share !== 'quantity';
  const quantity = byShare ? (partOf(open, share, instrument.lotSize) ?? '') : typed.trim();
  const part = byShare ? { fraction: share } : { quantity };
  const fault = quantityFault(quantity, open, instrument);
  const lots = (text: string) => fixed(text, decimalsOf(instrument.lotSize));
  const verb = position.direction === 'long' ? 'Sell' : 'Buy back';
  const result = fault === null ? exitPrice(position, quote) : null;
  return (
    <ChangeDialog
      name="scale-out"
      title={`Scale out of ${symbol}?`}
      sentTitle={`Scaling out of ${symbol}`}
      tradeId={tradeId}
      confirm={fault === null ? `${verb} ${trimmed(quantity)} ${instrument.baseCurrency}` : verb}
      color={position.direction === 'long' ? 'red.9' : 'teal.9'}
      ready={fault === null}
      reason="scaled out by the operator"
      send={(asked) => scale.mutate({ ...asked, tradeId, ...part })}
      state={scale}
      onClose={onClose}
    >
      <p className="confirm-sentence">
        {verb} a part of {trimmed(open)} {instrument.baseCurrency} in {symbol} at the market. Stop
        and targets follow what is left.
      </p>
      <div className="field-pair dialog-fields">
        <SegmentedControl
          fullWidth
          className="beside-label"
          aria-label="How much"
          value={share}
          onChange={setShare}
          data={SHARES}
          data-testid="scale-out-share"
        />
        <TextInput
          label={`Quantity (${instrument.baseCurrency})`}
          className={byShare ? 'num-input quiet-input' : 'num-input'}
          inputMode="decimal"
          autoComplete="off"
          readOnly={byShare}
          value={byShare ? lots(quantity) : typed}
          error={typed === '' && !byShare ? null : fault}
          onChange={(event) => setTyped(event.currentTarget.value)}
          data-testid="scale-out-quantity"
        />
      </div>
      <dl className="figures">
        <Figure label="Open now" unit={instrument.baseCurrency}>
          {lots(open)}
        </Figure>
        <ResultFigure
          label="Estimated result of this part, before fees"
          value={resultAt(position, result, quantity, instrument.multiplier)}
          currency={instrument.quoteCurrency}
        />
      </dl>
    </ChangeDialog>
  );
}

/** What is wrong with the quantity as far as the page can see; the gateway judges it again. */
function quantityFault(text: string, open: string, instrument: InstrumentInfo): string | null {
  const quantity = scaledOrNull(text);
  if (quantity === null) return 'Not a plain number';
  if (quantity <= 0n) return 'Below one lot';
  if (quantity % parseScaled(instrument.lotSize) !== 0n) {
    return `Not a multiple of ${instrument.lotSize}`;
  }
  return quantity > parseScaled(open) ? `Only ${trimmed(open)} is open` : null;
}
