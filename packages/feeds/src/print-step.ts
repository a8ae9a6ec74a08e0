import { type Instrument, parseScaled } from '@ballast/domain';

/** Dark pools and midpoints print below the tick of orders: the tapes carry four places. */
const STOCK_STEP = parseScaled('0.0001');

/** The step of prices at which trades happen, at scale 18: of stocks finer than that of orders. */
export function printStep({ session, tickSize }: Instrument): bigint {
  return session === 'us-equity' && tickSize % STOCK_STEP === 0n ? STOCK_STEP : tickSize;
}
