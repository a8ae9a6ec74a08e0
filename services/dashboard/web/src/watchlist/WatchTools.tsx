import { ALL_INSTRUMENTS } from '@ballast/domain';
import { ActionIcon, NativeSelect, TextInput } from '@mantine/core';
import { IconAdjustments, IconPencil, IconPlus } from '@tabler/icons-react';
import type { WatchlistInfo } from '../api/shapes.ts';
import { count as grouped } from '../format/number.ts';

type Props = {
  lists: readonly WatchlistInfo[];
  /** All instruments that are streamed. */
  count: number;
  chosen: string;
  onChoose: (name: string) => void;
  search: string;
  onSearch: (text: string) => void;
  onOpen: (dialog: 'list' | 'newList' | 'universe') => void;
};

/** Which list is shown, what is looked for in it, and the ways to change either. */
export function WatchTools(props: Props) {
  const { lists, count, chosen, onChoose, search, onSearch, onOpen } = props;
  return (
    <div className="watch-tools">
      <NativeSelect
        size="xs"
        aria-label="List"
        value={chosen}
        onChange={(event) => onChoose(event.currentTarget.value)}
        data={[
          { value: ALL_INSTRUMENTS, label: `${ALL_INSTRUMENTS} (${grouped(count)})` },
          ...lists.map(({ name, instruments }) => ({
            value: name,
            label: `${name} (${grouped(instruments.length)})`,
          })),
        ]}
        data-testid="watch-list"
      />
      <TextInput
        size="xs"
        type="search"
        aria-label="Search in the list"
        placeholder="Search"
        maxLength={32}
        value={search}
        onChange={(event) => onSearch(event.currentTarget.value)}
        data-testid="watch-search"
      />
      <ActionIcon.Group>
        <Tool
          label="Edit this list"
          onClick={() => onOpen('list')}
          off={chosen === ALL_INSTRUMENTS}
        >
          <IconPencil size={15} />
        </Tool>
        <Tool label="New list" onClick={() => onOpen('newList')}>
          <IconPlus size={15} />
        </Tool>
        <Tool label="Instruments that are streamed" onClick={() => onOpen('universe')}>
          <IconAdjustments size={15} />
        </Tool>
      </ActionIcon.Group>
    </div>
  );
}

type ToolProps = { label: string; off?: boolean; onClick: () => void; children: React.ReactNode };

function Tool({ label, off = false, onClick, children }: ToolProps) {
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={label}
      title={label}
      disabled={off}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}
