import { symbolOf } from '@ballast/domain';
import { ActionIcon } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { Empty } from '../parts/Empty.tsx';
import { moved } from './shown-instruments.ts';

type Props = {
  ids: readonly string[];
  isStreamed: (id: string) => boolean;
  onChange: (ids: string[]) => void;
};

/** The members in their order; each may go up, down or away. */
export function ListMembers({ ids, isStreamed, onChange }: Props) {
  if (ids.length === 0) return <Empty>Nothing is in the list yet.</Empty>;
  return (
    <ol className="list-members" aria-label="Members in their order">
      {ids.map((id, index) => {
        const symbol = symbolOf(id);
        return (
          <li key={id} data-testid={`member-${symbol}`}>
            <span className="list-symbol">
              {symbol} {!isStreamed(id) && <span className="dim">not streamed</span>}
            </span>
            <Tool
              label={`${symbol} up`}
              off={index === 0}
              onClick={() => onChange(moved(ids, index, -1))}
            >
              <IconArrowUp size={14} />
            </Tool>
            <Tool
              label={`${symbol} down`}
              off={index === ids.length - 1}
              onClick={() => onChange(moved(ids, index, 1))}
            >
              <IconArrowDown size={14} />
            </Tool>
            <Tool
              label={`${symbol} out of the list`}
              off={false}
              onClick={() => onChange(ids.filter((other) => other !== id))}
            >
              <IconX size={14} />
            </Tool>
          </li>
        );
      })}
    </ol>
  );
}

type ToolProps = { label: string; off: boolean; onClick: () => void; children: ReactNode };

function Tool({ label, off, onClick, children }: ToolProps) {
  return (
    <ActionIcon variant="subtle" size={28} aria-label={label} disabled={off} onClick={onClick}>
      {children}
    </ActionIcon>
  );
}
