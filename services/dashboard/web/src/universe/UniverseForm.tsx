import { Button, Group, SegmentedControl, TextInput } from '@mantine/core';
import type { InstrumentInfo } from '../api/shapes.ts';
import { AddChoice } from './AddChoice.tsx';
import { ChangeProgress } from './ChangeProgress.tsx';
import { RemoveChoice } from './RemoveChoice.tsx';
import { useUniverseChange } from './use-universe-change.ts';

type Props = { instruments: readonly InstrumentInfo[]; onClose: () => void };

export function UniverseForm({ instruments, onClose }: Props) {
  const change = useUniverseChange();
  const { mode, chosen, sent } = change;
  const count = chosen.length === 1 ? '1 instrument' : `${chosen.length} instruments`;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        change.send();
      }}
    >
      <SegmentedControl
        fullWidth
        aria-label="What to change"
        value={mode}
        onChange={(value) => change.begin(value === 'remove' ? 'remove' : 'add')}
        data={[
          { value: 'add', label: 'Add' },
          { value: 'remove', label: 'Remove' },
        ]}
        data-testid="universe-mode"
      />
      {mode === 'add' ? (
        <AddChoice chosen={chosen} onChoose={change.choose} />
      ) : (
        <RemoveChoice instruments={instruments} chosen={chosen} onChoose={change.choose} />
      )}
      <TextInput
        label="Reason (stored)"
        value={change.reason}
        maxLength={500}
        onChange={(event) => change.setReason(event.currentTarget.value)}
        data-testid="universe-reason"
      />
      {sent.error !== null && (
        <p className="fault" role="alert">
          {sent.error.message}
        </p>
      )}
      {sent.isSuccess && <ChangeProgress sent={sent.data} onTaken={change.taken} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {sent.isSuccess ? 'Done' : 'Cancel'}
        </Button>
        <Button type="submit" disabled={!change.isReady} data-testid="universe-confirm">
          {mode === 'add' ? 'Stream' : 'Stop'} {chosen.length === 0 ? '…' : count}
        </Button>
      </Group>
    </form>
  );
}
