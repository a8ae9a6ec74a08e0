import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { lotsText, priceText } from './bybit/market-wire.ts';
import { barsBetween } from './klines.ts';
import type { Market } from './market.ts';
import type { Venue } from './venue.ts';

const time = z.coerce.number().int().min(0).optional();
const query = z.looseObject({ symbol: z.string().optional(), from: time, to: time });

/**
 * `GET /control/bars?venue&symbol&from&to`: the minutes as the simulator itself made them, whatever
 * any feed has told of them. Without a symbol of all markets; times (epoch ms) are of openings and
 * both included; only minutes that have ended. A row: openTime, open, high, low, close, volume,
 * trades; one of 0 trades repeats the last price.
 */
export function addRecordRoutes(app: FastifyInstance, venueOf: (query: unknown) => Venue): void {
  app.get('/control/bars', async (request, reply) => {
    const given = query.safeParse(request.query);
    if (!given.success) return reply.code(400).send({ error: given.error.message });
    const { symbol, from, to } = given.data;
    try {
      const { markets } = venueOf(request.query);
      const named = symbol === undefined ? [...markets.values()] : [markets.get(symbol)];
      return {
        columns: ['openTime', 'open', 'high', 'low', 'close', 'volume', 'trades'],
        markets: named.map((market) => {
          if (market === undefined) throw new RangeError('symbol is not traded here');
          return recordOf(market, from, to);
        }),
      };
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      return reply.code(400).send({ error: error.message });
    }
  });
}

function recordOf(
  market: Market,
  from: number | undefined,
  to: number | undefined,
): Readonly<Record<string, unknown>> {
  const running = market.klines.running?.openTime;
  const bars = barsBetween(market.klines, from, to).filter(({ openTime }) => openTime !== running);
  return {
    symbol: market.symbol,
    instrument: market.instrument.id,
    bars: bars.map((bar) => [
      bar.openTime,
      ...[bar.open, bar.high, bar.low, bar.close].map((ticks) => priceText(market, ticks)),
      lotsText(market, bar.lots),
      bar.trades,
    ]),
  };
}
