import type { ReactNode } from 'react';

type Props = {
  label: ReactNode;
  testId: string;
  children: ReactNode;
  tone?: 'bad' | 'warn' | 'plain';
  /** Its live values are the last word of somebody who is silent. */
  isOld?: boolean;
};

export function StripItem({ label, testId, children, tone = 'plain', isOld = false }: Props) {
  return (
    <div className={`strip-item strip-${tone}`} data-old={isOld} data-testid={testId}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
