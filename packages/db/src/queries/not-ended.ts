import { isNull } from 'drizzle-orm';
import { trades } from '../tables/order-gateway.ts';

/** Condition of a trade that has not ended: the one sense of "open" in every query. */
export const NOT_ENDED = isNull(trades.endedAt);
