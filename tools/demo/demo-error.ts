/** Why the demo does not hold; `code` goes into the JSON. */
export class DemoError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'DemoError';
    this.code = code;
  }
}

/** Asks until there is an answer. @throws DemoError `code` when `withinMs` have passed */
export async function until<T>(
  code: string,
  what: string,
  withinMs: number,
  ask: () => Promise<T | null>,
): Promise<T> {
  const end = Date.now() + withinMs;
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    if (Date.now() > end) throw new DemoError(code, `${what} did not come within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
