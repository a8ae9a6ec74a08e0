import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { parseScaled, symbolOf } from '@ballast/domain';
import { SegmentedControl, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { decimalsOf, fixed, scaledOrNull } from '../format/number.ts';
import { useQuote } from '../live/use-live.ts';
import { Figure } from '../parts/Figure.tsx';
import { ChangeDialog } from './ChangeDialog.tsx';
import { exitPrice, resultAt } from './estimate.ts';
import { ResultFigure } from './ResultFigure.tsx';

type Props = { position: PortfolioPosition; instrument: InstrumentInfo; onClose: () => void };

/** The new stop works at the venue before the old one goes, wherever the venue allows it. */
export function MoveStopDialog({ position, instrument, onClose }: Props) {
  const move = useMutation(trpc.trades.moveStop.mutationOptions());
  const quote = useQuote(position.instrument);
  const [toEntry, setToEntry] = useState(false);
  const [level, setLevel] = useState(position.stop ?? '');
  const { tradeId } = position;
  const symbol = symbolOf(position.instrument);
  const price = (text: string | null) => fixed(text, decimalsOf(instrument.tickSize));
  const market = exitPrice(position, quote);
  const wanted = toEntry ? position.entryPrice : level.trim();
  const fault = levelFault(position, wanted, market, toEntry ? null : instrument.tickSize);
  const quantity = position.quantity.replace('-', '');
  const result = fault === null ? wanted : null;
  return (
    <ChangeDialog
      name="move-stop"
      title={`Move the stop of ${symbol}?`}
      sentTitle={`Moving the stop of ${symbol}`}
      tradeId={tradeId}
      confirm="Move stop"
      ready={fault === null}
      reason="moved by the operator"
      send={(asked) =>
        move.mutate({ ...asked, tradeId, level: toEntry ? 'breakEven' : level.trim() })
      }
      state={move}
      onClose={onClose}
    >
      <div className="field-pair dialog-fields">
        <SegmentedControl
          fullWidth
          className="beside-label"
          aria-label="Move the stop to"
          value={toEntry ? 'entry' : 'price'}
          onChange={(value) => setToEntry(value === 'entry')}
          data={[
            { value: 'price', label: 'A price' },
            { value: 'entry', label: 'Break-even' },
          ]}
          data-testid="move-stop-to"
        />
        <TextInput
          label={`New stop (${instrument.quoteCurrency})`}
          className={toEntry ? 'num-input quiet-input' : 'num-input'}
          inputMode="decimal"
          autoComplete="off"
          readOnly={toEntry}
          value={toEntry ? price(position.entryPrice) : level}
          error={fault}
          onChange={(event) => setLevel(event.currentTarget.value)}
          data-testid="move-stop-level"
        />
      </div>
      <dl className="figures">
        <Figure label="Stop now" unit={instrument.quoteCurrency}>
          {price(position.stop)}
        </Figure>
        <Figure label="Market now" unit={instrument.quoteCurrency}>
          <span className="live">{price(market)}</span>
        </Figure>
        <ResultFigure
          label="Estimated result at the new stop, before fees"
          value={resultAt(position, result, quantity, instrument.multiplier)}
          currency={instrument.quoteCurrency}
        />
      </dl>
    </ChangeDialog>
  );
}

/** What is wrong with the level as far as the page can see; the gateway judges it again. */
function levelFault(
  { direction }: PortfolioPosition,
  wanted: string | null,
  market: string | null,
  tickSize: string | null,
): string | null {
  const [level, now] = [scaledOrNull(wanted), scaledOrNull(market)];
  if (level === null) return 'Not a plain number';
  if (level <= 0n) return 'Above zero';
  if (tickSize !== null && level % parseScaled(tickSize) !== 0n) {
    return `Not a multiple of ${tickSize}`;
  }
  if (now === null) return 'No price to judge it by';
  const passed = direction === 'long' ? level >= now : level <= now;
  return passed ? 'The market has passed it' : null;
}
