/**
 * A level or the quantity of a stored plan as decimal text; of several targets the first. Null when
 * the plan has none that can be read.
 */
export function planText(plan: unknown, name: 'stop' | 'target' | 'quantity'): string | null {
  if (name !== 'target') return textIn(plan, name);
  const takeProfit = fieldOf(plan, 'takeProfit');
  const targets = fieldOf(takeProfit, 'targets');
  const first: unknown = Array.isArray(targets) ? targets[0] : null;
  return textIn(takeProfit, 'target') ?? textIn(first, 'price');
}

function textIn(value: unknown, name: string): string | null {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : null;
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : null;
}
