import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import { useSession } from '../session/session-store.ts';
import { ModeBadge } from '../strip/ModeBadge.tsx';
import { ENGAGE_WORD } from './brake-text.ts';

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
  const session = useSession();
  const { commandId } = useCommandId();
  const [reason, setReason] = useState('');
  const [word, setWord] = useState('');
  const engage = useMutation(trpc.brake.engage.mutationOptions());
  const release = useMutation(trpc.brake.release.mutationOptions());
  const send = action === 'engage' ? engage : release;
  const text = TEXTS[action];
  const typed = action === 'release' || word.trim().toUpperCase() === ENGAGE_WORD;
  const ready = typed && reason.trim() !== '';
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
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
          if (!ready || send.isPending || send.isSuccess) return;
          send.mutate({ commandId, reason });
        }}
      >
        <p className="confirm-sentence">{text.what}</p>
        <Fields action={action} reason={reason} onReason={setReason} word={word} onWord={setWord} />
        {send.isError && (
          <p className="fault" role="alert">
            No answer from the server ({send.error.message}). Confirming again sends the same
            command.
          </p>
        )}
        {send.isSuccess && <CommandProgress sent={send.data} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose} data-testid="brake-cancel">
            {send.isSuccess ? 'Done' : 'Cancel'}
          </Button>
          {!send.isSuccess && (
            <Button
              type="submit"
              color={text.color}
              disabled={!ready}
              loading={send.isPending}
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

type FieldsProps = {
  action: Props['action'];
  reason: string;
  onReason: (text: string) => void;
  word: string;
  onWord: (text: string) => void;
};

function Fields({ action, reason, onReason, word, onWord }: FieldsProps) {
  return (
    <>
      <TextInput
        label="Reason (stored with the command)"
        value={reason}
        maxLength={500}
        data-autofocus
        onChange={(event) => onReason(event.currentTarget.value)}
        data-testid="brake-reason"
      />
      {action === 'engage' && (
        <TextInput
          mt="sm"
          label={`Type ${ENGAGE_WORD} to confirm`}
          value={word}
          autoComplete="off"
          onChange={(event) => onWord(event.currentTarget.value)}
          data-testid="brake-word"
        />
      )}
    </>
  );
}
