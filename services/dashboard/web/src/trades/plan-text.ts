/** A level or the quantity of a stored plan as decimal text; null when the plan has none that can be read. */
export function planText(plan: unknown, name: 'stop' | 'target' | 'quantity'): string | null {
  if (typeof plan !== 'object' || plan === null) return null;
  const value: unknown = Reflect.get(plan, name);
  return typeof value === 'string' ? value : null;
}
