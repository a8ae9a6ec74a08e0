/** What does not hold; `code` is stable. */
export class ProofError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(`${code}: ${message}`);
    this.name = 'ProofError';
    this.code = code;
  }
}

export function confirm(code: string, holds: boolean, message: string): void {
  if (!holds) throw new ProofError(code, message);
}

/** Both lists hold the same entries, as often, in any order. */
export function confirmSame(
  code: string,
  ours: readonly string[],
  theirs: readonly string[],
): void {
  const missing = without(theirs, ours);
  const surplus = without(ours, theirs);
  const said = `missing here: [${missing.join(', ')}], only here: [${surplus.join(', ')}]`;
  confirm(code, missing.length + surplus.length === 0, said);
}

/** The entries of `from` that are left when those of `taken` have been taken away one by one. */
export function without(from: readonly string[], taken: readonly string[]): string[] {
  const left = [...from];
  for (const entry of taken) {
    const index = left.indexOf(entry);
    if (index !== -1) left.splice(index, 1);
  }
  return left;
}
