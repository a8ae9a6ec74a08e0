import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { Button, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { useAccount } from '../live/use-live.ts';
import { Panel } from '../parts/Panel.tsx';
import { CloseDialog } from '../positions/CloseDialog.tsx';
import { TradeHead } from './TradeHead.tsx';
import { TradeTimeline } from './TradeTimeline.tsx';

/** One trade, explained: what was planned, what happened and every row that proves it. */
export function TradeDetailPage() {
  const { tradeId } = useParams({ from: '/trades/$tradeId' });
  const detail = useQuery(trpc.trades.detail.queryOptions({ tradeId }));
  const instruments = useQuery(trpc.instruments.list.queryOptions()).data ?? [];
  const position = useAccount()?.portfolio?.positions.find((item) => item.tradeId === tradeId);
  // As it was when it was asked about: the dialog tells the end of the position, too.
  const [closing, setClosing] = useState<PortfolioPosition | null>(null);
  const [withAudit, setWithAudit] = useState(false);
  const trade = detail.data?.trade;
  const instrument = instruments.find((item) => item.id === trade?.instrument);
  return (
    <div className="page">
      <p className="crumbs">
        <Link to="/trades" className="link">
          Trades
        </Link>{' '}
        / <code>{tradeId}</code>
      </p>
      {trade !== undefined && (
        <TradeHead
          trade={trade}
          instrument={instrument}
          position={position}
          action={
            position === undefined ? null : (
              <Button
                variant="default"
                size="compact-md"
                onClick={() => setClosing(position)}
                data-testid="detail-close"
              >
                Close position
              </Button>
            )
          }
        />
      )}
      <Panel
        title="Timeline"
        aside={
          <span className="trade-tags">
            times in UTC; open a line for its stored rows
            <Switch
              size="xs"
              label="Audit rows"
              checked={withAudit}
              onChange={(event) => setWithAudit(event.currentTarget.checked)}
              data-testid="timeline-audit-switch"
            />
          </span>
        }
        testId="timeline-panel"
      >
        <TradeTimeline tradeId={tradeId} withAudit={withAudit} />
      </Panel>
      {closing !== null && (
        <CloseDialog position={closing} instrument={instrument} onClose={() => setClosing(null)} />
      )}
    </div>
  );
}
