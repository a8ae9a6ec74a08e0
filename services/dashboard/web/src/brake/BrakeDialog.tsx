import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import type { Asking } from './ask-until-taken.ts';
import { askingText, ENGAGE_WORD } from './brake-text.ts';
import { useKillSwitch } from './use-kill-switch.ts';

type Props = { action: 'engage' | 'release'; onClose: () => void };

const TEXTS = {
  engage: {
    title: 'Engage the brake?',
    what: 'Refuse every entry, cancel every working order and close every position at the market, until the venues are proven flat. Nothing lifts it before its cooling period is over.',
    confirm: 'Engage and flatten',
    color: 'red.9',
  },
  release: {
    title: 'Release the brake?',
    what: 'Entries are allowed again. Refused while something is left or the cooling period runs.',
    confirm: 'Release',
    color: 'blue.9',
  },
};

/** The kill switch asks for a typed word and a reason; no lock of the page holds it back. */
export function BrakeDialog({ action, onClose }: Props) {
  return action === 'engage' ? (
    <EngageDialog onClose={onClose} />
  ) : (
    <ReleaseDialog onClose={onClose} />
  );
}

/** One press is enough: what the gateway does not take is asked for anew, and shown as such. */
function EngageDialog({ onClose }: Pick<Props, 'onClose'>) {
  const { asking, engage, stop } = useKillSwitch();
  const [word, setWord] = useState('');
  const typed = word.trim().toUpperCase() === ENGAGE_WORD;
  const isAsking = asking?.state === 'asking';
  return (
    <Frame
      action="engage"
      ready={typed && asking?.state !== 'taken'}
      busy={isAsking}
      done={asking?.state === 'taken'}
      fields={
        <TextInput
          mt="sm"
          label={`Type ${ENGAGE_WORD} to confirm`}
          value={word}
          autoComplete="off"
          onChange={(event) => setWord(event.currentTarget.value)}
          data-testid="brake-word"
        />
      }
      news={asking !== null && <AskingNews asking={asking} />}
      onConfirm={engage}
      onClose={isAsking ? stop : onClose}
    />
  );
}

function AskingNews({ asking }: { asking: Asking }) {
  const { sent, state } = asking;
  const text = askingText(asking);
  return (
    <>
      {text !== null && (
        <p className="fault" role="alert" data-testid="brake-asking" data-asks={asking.asks}>
          {text}
        </p>
      )}
      {sent !== null && state !== 'stopped' && <CommandProgress key={sent.commandId} sent={sent} />}
    </>
  );
}

function ReleaseDialog({ onClose }: Pick<Props, 'onClose'>) {
  const { commandId } = useCommandId();
  const send = useMutation(trpc.brake.release.mutationOptions());
  return (
    <Frame
      action="release"
      ready={!send.isPending && !send.isSuccess}
      busy={false}
      done={send.isSuccess}
      fields={null}
      news={
        <>
          {send.isError && (
            <p className="fault" role="alert">
              No answer from the server ({send.error.message}). Confirming again sends the same
              command.
            </p>
          )}
          {send.isSuccess && <CommandProgress sent={send.data} />}
        </>
      }
      onConfirm={(reason) => send.mutate({ commandId, reason })}
      onClose={onClose}
    />
  );
}

type FrameProps = {
  action: Props['action'];
  ready: boolean;
  /** Asking goes on: closing is stopping it, by its own button alone. */
  busy: boolean;
  done: boolean;
  fields: ReactNode;
  news: ReactNode;
  onConfirm: (reason: string) => void;
  onClose: () => void;
};

function Frame({ action, ready, busy, done, fields, news, onConfirm, onClose }: FrameProps) {
  const session = useSession();
  const [reason, setReason] = useState('');
  const text = TEXTS[action];
  const may = ready && !busy && reason.trim() !== '';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      closeOnEscape={!busy}
      closeOnClickOutside={!busy}
      withCloseButton={!busy}
      title={
        <span className="dialog-title">
          {text.title}
          <ModeBadge mode={session.mode} />
        </span>
      }
      data-testid="brake-dialog"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (may) onConfirm(reason);
        }}
      >
        <p className="confirm-sentence">{text.what}</p>
        <TextInput
          label="Reason (stored with the command)"
          value={reason}
          maxLength={500}
          data-autofocus
          readOnly={busy}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="brake-reason"
        />
        {fields}
        {news}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose} data-testid="brake-cancel">
            {done ? 'Done' : busy ? 'Stop asking' : 'Cancel'}
          </Button>
          {!done && (
            <Button
              type="submit"
              color={text.color}
              disabled={!may}
              loading={busy}
              data-testid="brake-confirm"
            >
              {text.confirm}
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}
