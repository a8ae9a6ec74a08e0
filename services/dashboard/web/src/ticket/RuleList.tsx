import type { PlanPreview } from '@ballast/dashboard-server/api';
import { readable } from './readable.ts';
import { ruleName } from './rule-name.ts';

type Props = { preview: PlanPreview | null; isCurrent: boolean };

/** Every pre-trade rule with what it saw and what it allows; those that deny come first. */
export function RuleList({ preview, isCurrent }: Props) {
  const verdicts = preview?.verdicts ?? [];
  const denied = verdicts.filter((verdict) => verdict.outcome === 'deny');
  const passed = verdicts.filter((verdict) => verdict.outcome === 'pass');
  return (
    <details className="rules" open data-current={isCurrent} data-testid="ticket-rules">
      <summary>
        Pre-trade rules
        <span
          className={denied.length === 0 ? 'rules-count' : 'rules-count down'}
          data-testid="ticket-verdict"
        >
          {verdicts.length === 0
            ? 'not judged yet'
            : denied.length === 0
              ? `✓ all ${verdicts.length} pass`
              : `✕ ${denied.length} of ${verdicts.length} deny`}
        </span>
      </summary>
      <ul>
        {[...denied, ...passed].map((verdict) => (
          <li
            key={verdict.rule}
            className={`rule rule-${verdict.outcome}`}
            title={`${verdict.text}: ${verdict.input}, limit ${verdict.limit}`}
            data-testid={`rule-${verdict.rule}`}
            data-outcome={verdict.outcome}
          >
            <span
              className="rule-mark"
              role="img"
              aria-label={verdict.outcome === 'pass' ? 'pass' : 'deny'}
            >
              {verdict.outcome === 'pass' ? '✓' : '✕'}
            </span>
            <span className="rule-name">{ruleName(verdict.rule)}</span>
            <span className="rule-numbers">
              {readable(verdict.input)}
              {verdict.limit !== verdict.input && (
                <span className="dim"> · {readable(verdict.limit)}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
