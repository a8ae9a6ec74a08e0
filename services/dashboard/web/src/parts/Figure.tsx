import type { ReactNode } from 'react';

type Props = {
  label: string;
  unit?: string;
  strong?: boolean;
  /** A whole line of its own. */
  wide?: boolean;
  testId?: string;
  children: ReactNode;
};

/** One named number with its unit. */
export function Figure({ label, unit, strong = false, wide = false, testId, children }: Props) {
  return (
    <div className={`figure${strong ? ' figure-strong' : ''}${wide ? ' figure-wide' : ''}`}>
      <dt>{label}</dt>
      <dd className="num" data-testid={testId}>
        {children}
        {unit !== undefined && <span className="unit">{unit}</span>}
      </dd>
    </div>
  );
}
