import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { InstrumentInfo } from '../api/shapes.ts';
import { decimalsOf, fixed } from '../format/number.ts';
import { useSilence } from '../live/use-live.ts';
import { Age } from '../parts/Age.tsx';
import { DirectionTag } from '../parts/DirectionTag.tsx';
import { Signed } from '../parts/Signed.tsx';

const MARK_LATE_MS = 3_000;
const PRICE_DECIMALS = 4;

const ACTIONS = [
  { change: 'stop', text: 'Move stop', says: 'Move stop of', testId: 'move-stop' },
  { change: 'scale', text: 'Scale out', says: 'Scale out of', testId: 'scale-out' },
  { change: 'close', text: 'Close', says: 'Close', testId: 'close' },
] as const;

export type PositionChange = 'stop' | 'scale' | 'close';

type Props = {
  position: PortfolioPosition;
  instrument: InstrumentInfo | undefined;
  onChange: (change: PositionChange) => void;
};

export function PositionRow({ position, instrument, onChange }: Props) {
  const silent = useSilence() !== null;
  const symbol = symbolOf(position.instrument);
  const decimals = instrument === undefined ? PRICE_DECIMALS : decimalsOf(instrument.tickSize);
  const price = (text: string | null) => fixed(text, decimals);
  const lots = instrument === undefined ? PRICE_DECIMALS : decimalsOf(instrument.lotSize);
  return (
    <tr data-testid={`position-${symbol}`}>
      <td data-label="Instrument">
        <Link to="/trades/$tradeId" params={{ tradeId: position.tradeId }} className="link">
          {symbol}
        </Link>
      </td>
      <td data-label="Direction">
        <DirectionTag direction={position.direction} />
      </td>
      <td data-label="Quantity" className="num live">
        {fixed(position.quantity.replace('-', ''), lots)}
      </td>
      <td data-label="Entry" className="num live">
        {price(position.entryPrice)}
      </td>
      <td data-label="Mark" className="num live">
        {price(position.mark)} <Age at={position.markAt} lateMs={MARK_LATE_MS} />
      </td>
      <td data-label="Unrealised" className="num live" data-testid={`position-pnl-${symbol}`}>
        <Signed value={position.unrealised} decimals={2} />
      </td>
      <td data-label="R" className="num live">
        <Signed value={position.rMultiple} decimals={2} unit="R" arrow={false} />
      </td>
      <td data-label="Stop" className="num live">
        {price(position.stop)}
      </td>
      <td data-label="To stop" className="num live">
        {price(position.distanceToStop)}
      </td>
      <td data-label="Target" className="num live">
        {price(position.target)}
      </td>
      <td className="row-action">
        <Group gap={4} wrap="nowrap" justify="flex-end">
          {ACTIONS.map(({ change, text, says, testId }) => (
            <Button
              key={change}
              size="compact-sm"
              variant="default"
              disabled={silent || (instrument === undefined && change !== 'close')}
              onClick={() => onChange(change)}
              aria-label={`${says} ${symbol}`}
              data-testid={`${testId}-${symbol}`}
            >
              {text}
            </Button>
          ))}
        </Group>
      </td>
    </tr>
  );
}
