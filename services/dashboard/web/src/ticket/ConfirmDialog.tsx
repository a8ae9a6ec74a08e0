import type { PlanPreview } from '@ballast/dashboard-server/api';
import type { TradePlanWire } from '@ballast/domain';
import { Modal } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useMutation } from '@tanstack/react-query';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import { ConfirmAsk } from './ConfirmAsk.tsx';
import { SentTrade } from './SentTrade.tsx';

export type ReviewedOrder = {
  readonly plan: TradePlanWire;
  readonly preview: PlanPreview;
  /** When its price and loss were read, by the server's clock. */
  readonly at: number;
  readonly ids: { readonly commandId: string; readonly tradeId: string };
};

type Props = {
  instrument: InstrumentInfo;
  order: ReviewedOrder;
  locks: readonly string[];
  onClose: (sent: boolean) => void;
};

/** The last look before money moves, then the trade's own story as it happens. */
export function ConfirmDialog({ instrument, order, locks, onClose }: Props) {
  const session = useSession();
  const onPhone = useMediaQuery('(max-width: 40em)');
  const open = useMutation(trpc.trades.open.mutationOptions());
  const asked = !open.isIdle;
  const { ids, plan } = order;
  return (
    <Modal
      opened
      onClose={() => onClose(asked)}
      size="lg"
      fullScreen={onPhone}
      closeOnClickOutside={!asked}
      title={
        <span className="dialog-title">
          {open.isSuccess ? `Trade in ${instrument.symbol}` : 'Send this order?'}
          <ModeBadge mode={session.mode} />
        </span>
      }
      data-testid="confirm-dialog"
    >
      {open.isSuccess ? (
        <SentTrade sent={open.data} tradeId={ids.tradeId} onClose={() => onClose(true)} />
      ) : (
        <ConfirmAsk
          instrument={instrument}
          order={order}
          locks={locks}
          sending={open.isPending}
          fault={open.error?.message ?? null}
          onCancel={() => onClose(asked)}
          onConfirm={() => {
            // The ids were made with the ticket: a second press sends the same command, which is
            // taken once.
            if (!open.isPending) open.mutate({ ...ids, plan });
          }}
        />
      )}
    </Modal>
  );
}
