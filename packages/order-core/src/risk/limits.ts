import { formatScaled, parseScaled } from '@ballast/domain';

/** Share of equity that one trade may lose at its stop. */
export const RISK_PER_TRADE_MAX = parseScaled('0.02');
/** Share of equity that one position's notional may be. */
export const POSITION_SHARE_MAX = parseScaled('0.15');
/** Furthest that a price of the plan may be from the last price, as a share of it. */
export const PRICE_BAND = parseScaled('0.2');

/** A share of the equity as the rules show it: "15 % of equity". */
export function shareOfEquity(share: bigint): string {
  return `${formatScaled(share * 100n)} % of equity`;
}
