import type { QualityInfo } from '../api/shapes.ts';
import { READ_DEAD_MS, READ_LATE_MS } from '../data/refresh.ts';
import { count } from '../format/number.ts';
import { Age } from '../parts/Age.tsx';
import { ruleText } from './rule-text.ts';

type Props = { view: QualityInfo; rule: string | null; onRule: (rule: string | null) => void };

/** How often each rule was broken; a press shows the records of that one alone. */
export function QualityRules({ view, rule, onRule }: Props) {
  // The chosen one stays to be let go of, though nothing breaks it any more.
  const isMissing = rule !== null && view.rules.every((one) => one.rule !== rule);
  const rules = isMissing ? [...view.rules, { rule, breaches: 0 }] : view.rules;
  return (
    <div className="coverage-totals live" role="group" aria-label="Broken rules">
      {rules.map((one) => (
        <button
          key={one.rule}
          type="button"
          className="quality-rule"
          aria-pressed={one.rule === rule}
          title={one.rule}
          onClick={() => onRule(one.rule === rule ? null : one.rule)}
          data-testid={`rule-${one.rule}`}
        >
          {ruleText(one.rule)} <b>{count(one.breaches)}</b>
        </button>
      ))}
      <span className="coverage-read">
        <Age at={view.at} lateMs={READ_LATE_MS} deadMs={READ_DEAD_MS} label="read " suffix=" ago" />
      </span>
    </div>
  );
}
