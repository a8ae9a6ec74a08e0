import type { ReactNode } from 'react';
import { Empty } from './Empty.tsx';

type Read = { readonly isPending: boolean; readonly error: unknown };
type Props = { of: readonly Read[]; children: ReactNode };

/** Says why a list has no rows. What could not be read is not known to have none. */
export function NoRows({ of, children }: Props) {
  if (of.some(({ error }) => error !== null)) return null;
  return <Empty>{of.some(({ isPending }) => isPending) ? 'Loading …' : children}</Empty>;
}
