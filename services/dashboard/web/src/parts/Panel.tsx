import { type ReactNode, useId } from 'react';

type Props = {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
  testId?: string;
  /** The content scrolls by itself and can be reached by keyboard. */
  scroll?: boolean;
};

export function Panel({ title, aside, children, className = '', testId, scroll = false }: Props) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id} data-testid={testId}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside !== undefined && <div className="panel-aside">{aside}</div>}
      </header>
      {scroll ? (
        <div className="panel-body panel-scroll" tabIndex={0} role="group" aria-labelledby={id}>
          {children}
        </div>
      ) : (
        <div className="panel-body">{children}</div>
      )}
    </section>
  );
}
