import { fixed } from '../format/number.ts';
import { useAccount } from '../live/use-live.ts';
import { Signed } from '../parts/Signed.tsx';
import { useSession } from '../session/session-store.ts';
import { BrakeItem } from './BrakeItem.tsx';
import { ClockItem } from './ClockItem.tsx';
import { CloseAll } from './CloseAll.tsx';
import { ConnectionItem } from './ConnectionItem.tsx';
import { EquityLabel } from './EquityLabel.tsx';
import { FeedItem } from './FeedItem.tsx';
import { GatewayItem } from './GatewayItem.tsx';
import { ModeItem } from './ModeItem.tsx';
import { StripItem } from './StripItem.tsx';

/** What an operator must see on every page before believing anything else on it. */
export function StatusStrip() {
  const session = useSession();
  const account = useAccount();
  const portfolio = account?.portfolio ?? null;
  const gateway = account?.heartbeats.find((beat) => beat.service === 'order-gateway');
  const currency = portfolio?.currency ?? '';
  return (
    <section aria-label="Platform status" className="strip-place">
      <dl className="strip" data-testid="strip">
        <ModeItem mode={session.mode} source={session.priceSource} />
        <BrakeItem brake={account?.brake ?? null} />
        <FeedItem feed={account?.feed ?? null} bars={account?.missingBars ?? null} />
        <GatewayItem beat={gateway} />
        <StripItem
          label={
            <>
              Open risk {currency} <CloseAll />
            </>
          }
          testId="strip-risk"
        >
          <span className="live num">{fixed(portfolio?.openRisk, 2)}</span>
        </StripItem>
        <StripItem
          label={<EquityLabel currency={currency} balanceAt={portfolio?.balanceAt ?? 0} />}
          testId="strip-equity"
        >
          <span className="live num">{fixed(portfolio?.equity, 2)}</span>
        </StripItem>
        <StripItem label={`Day P&L ${currency}`} testId="strip-day-pnl">
          <span className="live">
            <Signed value={portfolio?.dayPnl} decimals={2} />
          </span>
        </StripItem>
        <ClockItem />
        <ConnectionItem faults={account?.faults ?? []} />
      </dl>
    </section>
  );
}
