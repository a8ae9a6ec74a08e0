import type { ReactNode } from 'react';

type Props = {
  label: string;
  unit?: string;
  strong?: boolean;
  testId?: string;
  children: ReactNode;
};

/** One named number with its unit. */
export function Figure({ label, unit, strong = false, testId, children }: Props) {
  return (
    <div className={strong ? 'figure figure-strong' : 'figure'}>
      <dt>{label}</dt>
      <dd className="num" data-testid={testId}>
        {children}
        {unit !== undefined && <span className="unit">{unit}</span>}
      </dd>
    </div>
  );
}
