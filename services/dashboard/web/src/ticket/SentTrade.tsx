import { Button, Group } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { CommandProgress } from '../commands/CommandProgress.tsx';
import type { SentCommand } from '../commands/use-command-status.ts';
import { TradeTimeline } from '../trades/TradeTimeline.tsx';

type Props = { sent: SentCommand; tradeId: string; onClose: () => void };

export function SentTrade({ sent, tradeId, onClose }: Props) {
  return (
    <div className="sent-trade">
      <CommandProgress sent={sent} />
      <div
        className="sent-timeline"
        tabIndex={0}
        role="group"
        aria-label="What has happened so far"
      >
        <TradeTimeline tradeId={tradeId} awaited />
      </div>
      <Group justify="space-between" mt="md">
        <Link
          to="/trades/$tradeId"
          params={{ tradeId }}
          className="link"
          data-testid="sent-open-detail"
        >
          Open the trade
        </Link>
        <Button variant="default" onClick={onClose} data-autofocus data-testid="sent-close">
          Close
        </Button>
      </Group>
    </div>
  );
}
