import { neverSetText } from '@ballast/domain';
import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { SettingInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import { readValue } from './read-value.ts';

const CHANGES: Record<SettingInfo['changes'], string> = {
  running: 'The next decision goes by it.',
  position: 'Positions that are opened from then on go by it.',
  start: 'Services go by it from their next start on.',
};

type Props = { setting: SettingInfo; onClose: () => void };

export function SettingDialog({ setting, onClose }: Props) {
  const { commandId } = useCommandId();
  const [text, setText] = useState('');
  const [reason, setReason] = useState('');
  const set = useMutation(trpc.systemSettings.set.mutationOptions());
  const { value, fault } = readValue(setting.key, text);
  const ready = value !== null && reason.trim() !== '';
  return (
    <Modal opened onClose={onClose} title={`Change ${setting.key}?`} data-testid="setting-dialog">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (set.isPending || set.isSuccess || value === null || !ready) return;
          set.mutate({ commandId, key: setting.key, value, reason });
        }}
      >
        <p className="confirm-sentence">
          {setting.does}. It is {setting.value} {setting.unit}
          {setting.inForce === null && ` (${neverSetText(setting.key)})`}; where nobody has set it,{' '}
          {setting.fallback}. {CHANGES[setting.changes]}
        </p>
        <TextInput
          label={`New value (${setting.unit})`}
          description={setting.range}
          error={fault}
          value={text}
          inputMode="decimal"
          data-autofocus
          onChange={(event) => setText(event.currentTarget.value)}
          data-testid="setting-value"
        />
        <TextInput
          label="Reason (stored)"
          value={reason}
          maxLength={500}
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="setting-reason"
        />
        {set.isError && (
          <p className="fault" role="alert">
            {set.error.message}
          </p>
        )}
        {set.isSuccess && <CommandProgress sent={set.data} />}
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {set.isSuccess ? 'Done' : 'Cancel'}
          </Button>
          {!set.isSuccess && (
            <Button
              type="submit"
              disabled={!ready}
              loading={set.isPending}
              data-testid="setting-confirm"
            >
              Set from now on
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}
