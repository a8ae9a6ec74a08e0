import { Button, Group, Modal, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import type { SentCommand } from '../commands/use-command-status.ts';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import { SentTrade } from '../ticket/SentTrade.tsx';

type Props = {
  /** Begins the test ids: `close`, `move-stop`. */
  name: string;
  /** The question, and what stands there once it has been sent. */
  title: string;
  sentTitle: string;
  /** Null: it is about all trades. */
  tradeId: string | null;
  confirm: string;
  color?: 'red.9' | 'teal.9';
  /** What is asked for can be sent. */
  ready?: boolean;
  reason: string;
  send: (asked: { commandId: string; reason: string }) => void;
  state: {
    readonly isPending: boolean;
    readonly error: { message: string } | null;
    readonly data: SentCommand | undefined;
  };
  onClose: () => void;
  children: ReactNode;
};

/**
 * One change of what is held: asked once with its reason, then followed. However often it is
 * confirmed, it is one command.
 */
export function ChangeDialog(props: Props) {
  const { name, state, tradeId, onClose } = props;
  const session = useSession();
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={
        <span className="dialog-title">
          {state.data === undefined ? props.title : props.sentTitle}
          <ModeBadge mode={session.mode} />
        </span>
      }
      data-testid={`${name}-dialog`}
    >
      {state.data === undefined ? (
        <ChangeForm {...props} />
      ) : tradeId === null ? (
        <>
          <CommandProgress sent={state.data} />
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={onClose} data-autofocus data-testid="sent-close">
              Close
            </Button>
          </Group>
        </>
      ) : (
        <SentTrade sent={state.data} tradeId={tradeId} onClose={onClose} />
      )}
    </Modal>
  );
}

function ChangeForm(props: Props) {
  const { name, state, onClose, ready = true } = props;
  const { commandId } = useCommandId();
  const [reason, setReason] = useState(props.reason);
  const isReady = ready && reason.trim() !== '';
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!state.isPending && isReady) props.send({ commandId, reason });
      }}
    >
      {props.children}
      <TextInput
        label="Reason (stored with the command)"
        value={reason}
        maxLength={500}
        onChange={(event) => setReason(event.currentTarget.value)}
        data-testid={`${name}-reason`}
      />
      {state.error !== null && (
        <p className="fault" role="alert">
          No answer from the server ({state.error.message}). Confirming again sends the same
          command.
        </p>
      )}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose} data-autofocus data-testid={`${name}-cancel`}>
          Cancel
        </Button>
        <Button
          type="submit"
          color={props.color ?? 'blue'}
          disabled={!isReady}
          loading={state.isPending}
          data-testid={`${name}-confirm`}
        >
          {props.confirm}
        </Button>
      </Group>
    </form>
  );
}
