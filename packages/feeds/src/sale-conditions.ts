/**
 * Conditions of sale that keep a trade out of open, high, low and last on the consolidated tapes:
 * settled otherwise (C, N, R), priced by contract (H, V, 7, average price), official prices told
 * again (M, Q, 9), and late from extended hours (U). Odd lots (I) are prices of the market and
 * stay, also where the tapes leave them out. Source: CTS and UTP participant input specifications,
 * tables of sale conditions; as the venue names them in its own minute bars.
 */
const NO_PRICE = new Set(['C', 'H', 'M', 'N', 'Q', 'R', 'U', 'V', '7', '9']);
/** An average price has another letter on the tape of Nasdaq, where B is an ordinary bunch. */
const AVERAGE_PRICE: Readonly<Record<string, string>> = { A: 'B', B: 'B', C: 'W' };

/**
 * Whether a trade says what the market's price was. `conditions` as they came; `tape` A, B or C,
 * anything else when it is not told.
 */
export function isPriceOfMarket(tape: unknown, conditions: unknown): boolean {
  if (!Array.isArray(conditions)) return true;
  const average = typeof tape === 'string' ? AVERAGE_PRICE[tape] : undefined;
  return !conditions.some(
    (one) => typeof one === 'string' && (NO_PRICE.has(one) || one === average),
  );
}
