import { Button } from '@mantine/core';
import { useEffect, useState } from 'react';
import type { BarInfo, InstrumentInfo } from '../api/shapes.ts';
import { useAccount, useQuote, useServerNow, useSilence } from '../live/use-live.ts';
import { ConfirmDialog, type ReviewedOrder } from './ConfirmDialog.tsx';
import { reviewLocks, ticketLocks } from './locks.ts';
import { entryLevel, type PlanLevels, targetTexts } from './plan-fields.ts';
import { PlanFigures } from './PlanFigures.tsx';
import { RuleList } from './RuleList.tsx';
import { TicketFields } from './TicketFields.tsx';
import { useTicket } from './use-ticket.ts';

type Props = {
  instrument: InstrumentInfo;
  bars: readonly BarInfo[];
  equity: string;
  onLevels: (levels: PlanLevels | null) => void;
};

/** Risk first: the operator says what may be lost, the quantity follows. */
export function TicketForm({ instrument, bars, equity, onLevels }: Props) {
  const account = useAccount();
  const quote = useQuote(instrument.id);
  const now = useServerNow();
  const silent = useSilence() !== null;
  const ticket = useTicket(instrument, bars, equity);
  const [reviewed, setReviewed] = useState<ReviewedOrder | null>(null);
  const { fields, plan, preview } = ticket;
  const locks = ticketLocks({ silent, account, quoteAt: quote?.receivedTime ?? null, now });
  const ready = ticket.isCurrent && preview?.allowed === true && locks.length === 0;

  useEffect(() => {
    onLevels({ entry: entryLevel(fields), stop: fields.stop, targets: targetTexts(fields) });
  }, [onLevels, fields]);
  useEffect(() => () => onLevels(null), [onLevels]);

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && plan !== null) setReviewed({ plan, preview, ids: ticket.ids, at: now });
      }}
    >
      <TicketFields instrument={instrument} ticket={ticket} />
      <PlanFigures instrument={instrument} ticket={ticket} />
      <RuleList preview={preview} isCurrent={ticket.isCurrent} />
      {ticket.error !== null && (
        <p className="fault" role="alert">
          {ticket.error.message}
        </p>
      )}
      <div className="ticket-foot">
        {locks.length > 0 && (
          <p className="ticket-locked" data-testid="ticket-locked">
            <strong>Locked.</strong> {locks.join('. ')}.
          </p>
        )}
        <Button type="submit" fullWidth size="md" disabled={!ready} data-testid="ticket-review">
          Review order
        </Button>
      </div>
      {reviewed !== null && (
        <ConfirmDialog
          instrument={instrument}
          order={reviewed}
          locks={[...locks, ...reviewLocks(reviewed.at, now)]}
          onClose={(sent) => {
            setReviewed(null);
            if (sent) ticket.renew();
          }}
        />
      )}
    </form>
  );
}
