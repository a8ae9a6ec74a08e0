/**
 * The answer of before where the same is asked about again. A state is never changed, only
 * replaced: what follows from it alone stays so, and one step asks for it dozens of times.
 */
export function lastAnswer<Of extends object, Answer>(
  reckon: (of: Of) => Answer,
): (of: Of) => Answer {
  let last: { readonly of: Of; readonly answer: Answer } | null = null;
  return (of) => {
    if (last?.of === of) return last.answer;
    const answer = reckon(of);
    last = { of, answer };
    return answer;
  };
}
