import { useServerNow } from '../live/use-live.ts';
import { Tag } from '../parts/Tag.tsx';
import { statusLine } from './status-text.ts';
import { type SentCommand, useCommandStatus } from './use-command-status.ts';

/** Where a sent command stands, with the seconds it has left. */
export function CommandProgress({ sent }: { sent: SentCommand }) {
  const status = useCommandStatus(sent);
  const now = useServerNow();
  const expiresInSeconds = Math.max(0, Math.ceil((sent.expiresAt - now) / 1_000));
  const line = statusLine(status, expiresInSeconds);
  const waiting = status === undefined || status.status === 'queued';
  return (
    <div className="command" data-testid="command-status" data-status={status?.status ?? 'queued'}>
      <div className="command-line" role={line.tone === 'bad' ? 'alert' : 'status'}>
        <Tag tone={line.tone}>{line.title}</Tag>
        {!waiting && <span className="command-detail">{line.detail}</span>}
      </div>
      {waiting && (
        <>
          <p className="command-detail">{line.detail}</p>
          <progress
            className="command-bar"
            aria-label="Time until the command expires"
            max={sent.expiresAt - sent.issuedAt}
            value={Math.max(0, sent.expiresAt - now)}
          />
        </>
      )}
      {status?.status === 'denied' && (
        <ul className="command-rules">
          {status.rules
            .filter((rule) => rule.outcome === 'deny')
            .map((rule) => (
              <li key={rule.rule}>
                <code>{rule.rule}</code> {rule.text}: {rule.input}, limit {rule.limit}
              </li>
            ))}
        </ul>
      )}
    </div>
  );
}
