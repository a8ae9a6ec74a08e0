import type { JobView } from '@ballast/dashboard-server/api';
import { type DataJobId, parseUuid, symbolOf } from '@ballast/domain';
import { useMutation } from '@tanstack/react-query';
import { trpc } from '../api/trpc.ts';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';
import { barsText, type JobMove } from './job-text.ts';

type Props = { job: JobView; move: JobMove; onClose: () => void };

const WORDS: Record<JobMove, { verb: string; sent: string; what: string; confirm: string }> = {
  pause: {
    verb: 'Pause',
    sent: 'Pausing',
    what: 'It stops after the page it is at and keeps its place.',
    confirm: 'Pause job',
  },
  resume: {
    verb: 'Resume',
    sent: 'Resuming',
    what: 'It goes on where it was.',
    confirm: 'Resume job',
  },
  cancel: {
    verb: 'Cancel',
    sent: 'Cancelling',
    what: 'It ends for good. The bars that it has stored stay.',
    confirm: 'Cancel job',
  },
};

export function JobDialog({ job, move, onClose }: Props) {
  const pause = useMutation(trpc.jobs.pause.mutationOptions());
  const resume = useMutation(trpc.jobs.resume.mutationOptions());
  const cancel = useMutation(trpc.jobs.cancel.mutationOptions());
  const state = { pause, resume, cancel }[move];
  const { verb, sent, what, confirm } = WORDS[move];
  const name = `the ${job.kind} of ${symbolOf(job.instrument)} ${job.timeframe}`;
  return (
    <ChangeDialog
      name={`job-${move}`}
      title={`${verb} ${name}?`}
      sentTitle={`${sent} ${name}`}
      tradeId={null}
      confirm={confirm}
      reason={`${move}d by the operator`.replace('canceld', 'cancelled')}
      send={(asked) => state.mutate({ ...asked, jobId: parseUuid<DataJobId>(job.id) })}
      state={{ isPending: state.isPending, error: state.error, data: state.data }}
      onClose={onClose}
    >
      <p className="confirm-sentence">
        It has stored {barsText(job)}. {what}
      </p>
    </ChangeDialog>
  );
}
