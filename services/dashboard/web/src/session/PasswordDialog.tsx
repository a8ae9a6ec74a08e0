import { PASSWORD_LENGTH_MIN } from '@ballast/domain';
import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import { checkSession } from './login-calls.ts';
import { PasswordFields, type TypedPasswords } from './PasswordFields.tsx';
import { useSession } from './session-store.ts';

const NOTHING: TypedPasswords = { password: '', repeated: '', current: '' };

type Props = { opened: boolean; onClose: () => void };

/** Chooses or changes the password. The server hashes it; the supervisor stores the hash. */
export function PasswordDialog({ opened, onClose }: Props) {
  const session = useSession();
  const { commandId, renew } = useCommandId();
  const [typed, setTyped] = useState(NOTHING);
  const { password, repeated, current } = typed;
  const send = useMutation(trpc.account.setPassword.mutationOptions());
  const mustProve = session.passwordSet === true && session.method === 'password';
  const ready =
    password.length >= PASSWORD_LENGTH_MIN &&
    repeated === password &&
    (!mustProve || current !== '');

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (!ready || send.isPending) return;
    send.mutate({ commandId, password, ...(mustProve ? { current } : {}) });
  }

  function close(): void {
    if (send.isSuccess) void checkSession();
    send.reset();
    setTyped(NOTHING);
    renew();
    onClose();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={session.passwordSet ? 'Change password' : 'Choose a password'}
    >
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">
            {session.passwordSet
              ? 'All other sessions end when it changes.'
              : 'This session came by link. With a password you can log in again without one.'}
          </Text>
          <PasswordFields asksCurrent={mustProve} typed={typed} onChange={setTyped} />
          {send.isError && (
            <p className="fault" role="alert">
              {send.error.message}
            </p>
          )}
          {send.isSuccess && <CommandProgress sent={send.data} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {send.isSuccess ? 'Done' : session.passwordSet ? 'Cancel' : 'Not now'}
            </Button>
            {!send.isSuccess && (
              <Button
                type="submit"
                disabled={!ready}
                loading={send.isPending}
                data-testid="password-save"
              >
                Save
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
