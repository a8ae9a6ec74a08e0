import type { ReactNode } from 'react';

/** Says why there is nothing here; silence would look like a fault. */
export function Empty({ children }: { children: ReactNode }) {
  return <p className="empty">{children}</p>;
}
