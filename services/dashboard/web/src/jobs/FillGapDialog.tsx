import { type DataJobId, parseInstrumentId, parseUuid, symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { GapInfo } from '../api/shapes.ts';
import { queryClient, trpc } from '../api/trpc.ts';
import { mintId } from '../commands/use-command-id.ts';
import type { CellName } from '../data/CoverageTable.tsx';
import { count } from '../format/number.ts';
import { utcDayTime } from '../format/time.ts';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';

type Props = { cell: CellName; gap: GapInfo; onClose: () => void };

/** Asks for the bars of one gap from the venue's history, as a job. */
export function FillGapDialog({ cell, gap, onClose }: Props) {
  const { instrument, timeframe } = cell;
  const start = useMutation(trpc.jobs.startBackfill.mutationOptions());
  // As the command's: however often it is confirmed, it is one job.
  const [jobId] = useState(mintId);
  const name = `${symbolOf(instrument)} ${timeframe}`;

  function close(): void {
    void queryClient.invalidateQueries({ queryKey: trpc.jobs.list.queryKey() });
    onClose();
  }

  return (
    <ChangeDialog
      name="fill-gap"
      title={`Fill this gap of ${name}?`}
      sentTitle={`Filling a gap of ${name}`}
      tradeId={null}
      confirm="Fill gap"
      reason="a gap in the coverage grid"
      send={(asked) =>
        start.mutate({
          ...asked,
          jobId: parseUuid<DataJobId>(jobId),
          instrument: parseInstrumentId(instrument),
          timeframe,
          from: gap.from,
          to: gap.to,
        })
      }
      state={{ isPending: start.isPending, error: start.error, data: start.data }}
      onClose={close}
    >
      <p className="confirm-sentence">
        Ask the venue for {count(gap.bars)} {gap.bars === 1 ? 'bar' : 'bars'} from{' '}
        {utcDayTime(gap.from)} to {utcDayTime(gap.to)} UTC. The job is shown under Jobs; what the
        venue does not have either is marked as empty.
      </p>
    </ChangeDialog>
  );
}
