import { SegmentedControl, TextInput } from '@mantine/core';

export type Wanted = {
  readonly hours: number;
  readonly search: string;
  readonly rule: string | null;
};
type Props = { wanted: Wanted; onChange: (wanted: Wanted) => void };

export function QualityFilters({ wanted, onChange }: Props) {
  return (
    <div className="coverage-filters">
      <TextInput
        size="xs"
        aria-label="Instrument of a broken rule"
        placeholder="Instrument"
        maxLength={64}
        value={wanted.search}
        onChange={(event) => onChange({ ...wanted, search: event.currentTarget.value })}
        data-testid="quality-search"
      />
      <SegmentedControl
        size="xs"
        aria-label="Window of broken rules"
        value={String(wanted.hours)}
        onChange={(value) => onChange({ ...wanted, hours: Number(value) })}
        data={[
          { value: '1', label: '1 hour' },
          { value: '24', label: '1 day' },
          { value: '168', label: '7 days' },
        ]}
        data-testid="quality-window"
      />
    </div>
  );
}
