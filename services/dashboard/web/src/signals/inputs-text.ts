const DIGITS = 6;

/** `{ rsi: 61.3412345 }` → "rsi 61.3412": what the strategy made its decision from. */
export function inputsText(inputs: unknown): string {
  if (typeof inputs !== 'object' || inputs === null) return '';
  return Object.entries(inputs)
    .map(([name, value]) => `${name} ${typeof value === 'number' ? shorten(value) : String(value)}`)
    .join(' · ');
}

const shorten = (value: number): string => String(Number(value.toPrecision(DIGITS)));
