import type { CommandStatus } from '@ballast/dashboard-server/api';
import type { TagTone } from '../parts/Tag.tsx';

export type StatusLine = { tone: TagTone; title: string; detail: string };

/** The state of a command in the operator's words; never "failed" while it may still happen. */
export function statusLine(
  status: CommandStatus | undefined,
  expiresInSeconds: number,
): StatusLine {
  if (status === undefined || status.status === 'queued') {
    if (expiresInSeconds > 0) {
      const detail = `Waiting for an answer; expires in ${expiresInSeconds} s`;
      return { tone: 'info', title: 'Queued', detail };
    }
    const detail = 'Past its expiry; making sure that nobody has taken it';
    return { tone: 'info', title: 'No answer yet', detail };
  }
  switch (status.status) {
    case 'accepted':
      return { tone: 'good', title: 'Accepted', detail: 'The command was taken and stored' };
    case 'denied':
      return { tone: 'bad', title: 'Denied', detail: status.reason };
    case 'refused':
      return { tone: 'bad', title: 'Refused', detail: `${status.code}: ${status.detail}` };
    case 'expired-unanswered':
      return {
        tone: 'warn',
        title: 'No answer: expired, not executed',
        detail: 'Nobody took it before it expired, and nobody can take it any more',
      };
    default:
      return status satisfies never;
  }
}
