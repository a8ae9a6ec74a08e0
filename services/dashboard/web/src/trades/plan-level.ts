/** A level of a stored plan as decimal text; null when the plan has none that can be read. */
export function planLevel(plan: unknown, name: 'stop' | 'target'): string | null {
  if (typeof plan !== 'object' || plan === null) return null;
  const value: unknown = Reflect.get(plan, name);
  return typeof value === 'string' ? value : null;
}
