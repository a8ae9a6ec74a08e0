import { count } from '../format/number.ts';

/** Counters as one line; a service that counts nothing says so. */
export function countsText(counts: Readonly<Record<string, number>> | undefined): string {
  const entries = Object.entries(counts ?? {});
  if (entries.length === 0) return '—';
  return entries.map(([name, value]) => `${name} ${count(value)}`).join(' · ');
}
