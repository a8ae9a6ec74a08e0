import { useQuery } from '@tanstack/react-query';
import { trpc } from '../api/trpc.ts';
import { Empty } from '../parts/Empty.tsx';
import { QueryFault } from '../parts/QueryFault.tsx';
import { TimelineLine } from './TimelineLine.tsx';

const AWAITED_MS = 500;
/** Events say when to look again; this only mends what they might have missed. */
const REFRESH_MS = 5_000;

type Props = {
  tradeId: string;
  /** The trade was asked for just now and may not be stored yet. */
  awaited?: boolean;
  /** Also the rows of the audit chain, which say the same again, sealed. */
  withAudit?: boolean;
};

export function TradeTimeline({ tradeId, awaited = false, withAudit = false }: Props) {
  const detail = useQuery({
    ...trpc.trades.detail.queryOptions({ tradeId }),
    refetchInterval: ({ state }) => (awaited && state.data == null ? AWAITED_MS : REFRESH_MS),
  });
  const all = detail.data?.timeline ?? [];
  const rows = withAudit ? all : all.filter((row) => row.kind !== 'audit');
  return (
    <>
      <QueryFault error={detail.error} what="The timeline" />
      {rows.length === 0 && detail.error === null && (
        <Empty>
          {detail.isPending || awaited
            ? 'Nothing is stored of this trade yet …'
            : 'There is no such trade.'}
        </Empty>
      )}
      <ol className="timeline" data-testid="timeline">
        {rows.map((row, index) => (
          <TimelineLine key={row.id} row={row} before={rows[index - 1]?.at ?? null} />
        ))}
      </ol>
    </>
  );
}
