import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { symbolOf } from '@ballast/domain';
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { useCommandId } from '../commands/use-command-id.ts';
import { fixed } from '../format/number.ts';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import { SentTrade } from '../ticket/SentTrade.tsx';

const DECIMALS_MAX = 8;

type Props = { position: PortfolioPosition; onClose: () => void };

/** Closing takes risk away: it is asked for once, and no lock of the ticket holds it back. */
export function CloseDialog({ position, onClose }: Props) {
  const session = useSession();
  const { commandId } = useCommandId();
  const [reason, setReason] = useState('closed by the operator');
  const close = useMutation(trpc.trades.close.mutationOptions());
  const verb = position.direction === 'long' ? 'Sell' : 'Buy back';
  const symbol = symbolOf(position.instrument);
  const quantity = trimZeros(fixed(position.quantity.replace('-', ''), DECIMALS_MAX));
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={
        <span className="dialog-title">
          {close.isSuccess ? `Closing ${symbol}` : `Close ${symbol}?`}
          <ModeBadge mode={session.mode} />
        </span>
      }
      data-testid="close-dialog"
    >
      {close.isSuccess ? (
        <SentTrade sent={close.data} tradeId={position.tradeId} onClose={onClose} />
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (close.isPending || reason.trim() === '') return;
            close.mutate({ commandId, tradeId: position.tradeId, reason });
          }}
        >
          <p className="confirm-sentence">
            {verb} the whole position of {quantity} in {symbol} at the market and cancel its stop
            and target.
          </p>
          <TextInput
            label="Reason (stored with the command)"
            value={reason}
            maxLength={500}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-testid="close-reason"
          />
          {close.isError && (
            <p className="fault" role="alert">
              No answer from the server ({close.error.message}). Confirming again sends the same
              command.
            </p>
          )}
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={onClose} data-autofocus data-testid="close-cancel">
              Cancel
            </Button>
            <Button
              type="submit"
              color="red.9"
              disabled={reason.trim() === ''}
              loading={close.isPending}
              data-testid="close-confirm"
            >
              Close position
            </Button>
          </Group>
        </form>
      )}
    </Modal>
  );
}

const trimZeros = (text: string): string =>
  text.includes('.') ? text.replace(/0+$/, '').replace(/\.$/, '') : text;
