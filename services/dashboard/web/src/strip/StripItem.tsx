import type { ReactNode } from 'react';

type Props = {
  label: ReactNode;
  testId: string;
  children: ReactNode;
  tone?: 'bad' | 'warn' | 'plain';
};

export function StripItem({ label, testId, children, tone = 'plain' }: Props) {
  return (
    <div className={`strip-item strip-${tone}`} data-testid={testId}>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
