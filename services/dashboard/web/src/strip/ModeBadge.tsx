import type { SessionView } from '@ballast/dashboard-server/api';

export function ModeBadge({ mode }: { mode: SessionView['mode'] }) {
  return (
    <span className={`badge badge-${mode}`} data-testid="mode-badge">
      {mode.toUpperCase()}
    </span>
  );
}
