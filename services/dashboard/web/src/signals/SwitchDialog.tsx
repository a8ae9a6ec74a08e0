import { Button, Group, Modal, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { StrategyInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import { useCommandId } from '../commands/use-command-id.ts';

type Props = { strategy: StrategyInfo; onClose: () => void };

export function SwitchDialog({ strategy, onClose }: Props) {
  const { commandId } = useCommandId();
  // Fixed when the dialog opens: a change that comes in meanwhile must not turn the question round.
  const [buy] = useState(strategy.inForce?.buy !== true);
  const [reason, setReason] = useState('');
  const set = useMutation(trpc.strategies.setSwitch.mutationOptions());
  return (
    <Modal
      opened
      onClose={onClose}
      title={`Switch ${strategy.strategy} ${buy ? 'on' : 'off'}?`}
      data-testid="switch-dialog"
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (set.isPending || set.isSuccess || reason.trim() === '') return;
          set.mutate({ commandId, strategy: strategy.strategy, buy, reason });
        }}
      >
        <p className="confirm-sentence">
          {buy
            ? 'Its signals may open trades from now on, with the pre-trade rules in force.'
            : 'Its signals are blocked and recorded from now on. Open trades keep their exits.'}
        </p>
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
              disabled={reason.trim() === ''}
              loading={set.isPending}
              data-testid="switch-confirm"
            >
              Switch {buy ? 'on' : 'off'}
            </Button>
          )}
        </Group>
      </form>
    </Modal>
  );
}
