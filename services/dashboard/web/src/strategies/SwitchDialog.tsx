import { Button, Checkbox, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { StrategyInfo, SwitchInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';
import { switchText } from './switch-text.ts';

type Props = { strategy: StrategyInfo; item: SwitchInfo; onClose: () => void };

export function SwitchDialog({ strategy, item, onClose }: Props) {
  const { commandId } = useCommandId();
  // Fixed when the dialog opens: a change that comes in meanwhile must not turn the question round.
  const [on] = useState(item.inForce?.on !== true);
  const [soaking] = useState(item.switch === 'buy' && on && strategy.soak.missingDays > 0);
  const [override, setOverride] = useState(false);
  const [reason, setReason] = useState('');
  const set = useMutation(trpc.strategies.setSwitch.mutationOptions());
  const ready = reason.trim() !== '' && (!soaking || override);

  function send(): void {
    if (set.isPending || set.isSuccess || !ready) return;
    const asked = { commandId, strategy: strategy.strategy, switch: item.switch, on, reason };
    set.mutate(soaking ? { ...asked, override: true } : asked);
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Switch ${strategy.strategy} ${item.switch} ${on ? 'on' : 'off'}?`}
      data-testid="switch-dialog"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p className="confirm-sentence">{switchText(item.switch, on)}</p>
        {soaking && <SoakOverride text={strategy.soak.text} {...{ override, setOverride }} />}
        <TextInput
          label="Reason (stored)"
          value={reason}
          maxLength={500}
          data-autofocus
          onChange={(event) => setReason(event.currentTarget.value)}
          data-testid="switch-reason"
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
              data-testid="switch-confirm"
            >
              Switch {on ? 'on' : 'off'}
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}

type OverrideProps = {
  text: string;
  override: boolean;
  setOverride: (override: boolean) => void;
};

function SoakOverride({ text, override, setOverride }: OverrideProps) {
  return (
    <>
      <p className="confirm-sentence">{text}.</p>
      <Checkbox
        label="Override the soak (stored with the reason)"
        checked={override}
        onChange={(event) => setOverride(event.currentTarget.checked)}
        mb="sm"
        data-testid="switch-override"
      />
    </>
  );
}
