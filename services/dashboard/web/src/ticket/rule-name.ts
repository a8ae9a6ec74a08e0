/** `POSITION_SHARE` → "Position share": the code itself, readable. */
export function ruleName(code: string): string {
  const words = code.toLowerCase().replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
