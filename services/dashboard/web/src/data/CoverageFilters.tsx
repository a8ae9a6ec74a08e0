import { SegmentedControl, TextInput } from '@mantine/core';

export type Wanted = {
  readonly days: number;
  readonly search: string;
  readonly show: 'all' | 'faulty';
  readonly page: number;
};
type Props = { wanted: Wanted; onChange: (wanted: Wanted) => void };

/** Which part of the grid is looked at; every change begins on its first page. */
export function CoverageFilters({ wanted, onChange }: Props) {
  const change = (part: Partial<Wanted>): void => onChange({ ...wanted, page: 0, ...part });
  return (
    <div className="coverage-filters">
      <TextInput
        size="xs"
        aria-label="Instrument"
        placeholder="Instrument"
        maxLength={64}
        value={wanted.search}
        onChange={(event) => change({ search: event.currentTarget.value })}
        data-testid="coverage-search"
      />
      <SegmentedControl
        size="xs"
        aria-label="Which instruments"
        value={wanted.show}
        onChange={(value) => change({ show: value === 'faulty' ? 'faulty' : 'all' })}
        data={[
          { value: 'all', label: 'All' },
          { value: 'faulty', label: 'Not all green' },
        ]}
        data-testid="coverage-show"
      />
      <SegmentedControl
        size="xs"
        aria-label="Window"
        value={String(wanted.days)}
        onChange={(value) => change({ days: Number(value) })}
        data={[
          { value: '1', label: '1 day' },
          { value: '7', label: '7 days' },
          { value: '30', label: '30 days' },
        ]}
        data-testid="coverage-window"
      />
    </div>
  );
}
