import { symbolOf } from '@ballast/domain';
import { SegmentedControl } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { IncidentInfo, TradeInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { trimmed } from '../format/number.ts';
import { QueryFault } from '../parts/QueryFault.tsx';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';
import { reducedTrade } from './reduced-trade.ts';

/** As many as the server gives: one trade for each instrument is open. */
const OPEN_MAX = 100;
const REFRESH_MS = 5_000;
const CHOICES = [
  { value: 'trade', label: 'They reduced the open trade' },
  { value: 'mine', label: 'They are mine' },
];

type Props = { incident: IncidentInfo; instrument: string; onClose: () => void };

/** The operator says what fills were that Ballast did not make. */
export function SettleDialog({ incident, instrument, onClose }: Props) {
  const settle = useMutation(trpc.positions.settle.mutationOptions());
  const open = useQuery({
    ...trpc.trades.list.queryOptions({ limit: OPEN_MAX, open: true }),
    refetchInterval: REFRESH_MS,
  });
  const [choice, setChoice] = useState('trade');
  const trade = reducedTrade(incident, open.data ?? []);
  const named = choice === 'trade' ? trade : null;
  const symbol = symbolOf(instrument);
  return (
    <ChangeDialog
      name="settle"
      title={`Explain the fills in ${symbol}?`}
      sentTitle={`Settle: ${symbol}`}
      tradeId={null}
      confirm="Settle"
      ready={open.data !== undefined}
      reason=""
      send={(asked) =>
        settle.mutate({ ...asked, instrument, ...(named === null ? {} : { tradeId: named.id }) })
      }
      state={settle}
      onClose={onClose}
    >
      <p className="confirm-sentence">{incident.detail}</p>
      <QueryFault error={open.error} what="Open trades" />
      {trade !== null && (
        <div className="dialog-fields">
          <SegmentedControl
            fullWidth
            aria-label="What these fills were"
            value={choice}
            onChange={setChoice}
            data={CHOICES}
            data-testid="settle-choice"
          />
        </div>
      )}
      {open.data !== undefined && <p>{named === null ? CARRIED : reducedText(named)}</p>}
    </ChangeDialog>
  );
}

const CARRIED =
  'These fills were not made by Ballast. Once explained they are no incident any more. What is left of them is yours: Ballast never closes it, and opens nothing in this instrument until it is flat.';

function reducedText({ direction, quantity }: TradeInfo): string {
  const held = `${direction} ${trimmed(quantity.replace('-', ''))}`;
  return `Ballast books these fills in its open trade (${held}), marked as made by hand: its quantity falls, its exits follow, and it ends when nothing is left.`;
}
