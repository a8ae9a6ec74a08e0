import { randomBytes } from 'node:crypto';
import {
  formatPrice,
  parseInstrumentId,
  parseScaled,
  snapToTick,
  type TradePlanWire,
  uuidV7,
} from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import { z } from 'zod';
import {
  barList,
  type DashboardClient,
  instrumentList,
  preview,
  sizing,
} from './dashboard-client.ts';
import { DemoError } from './demo-error.ts';
import { exitDistance } from './levels.ts';
import { type MarketSample, sampleMarket } from './market-probe.ts';

const BARS = 10;
/** Notional of the demo's position as a share of equity: inside every rule. */
const POSITION_SHARE = 0.05;
const portfolio = z.object({ portfolio: z.object({ equity: z.string() }) });

export type PlacedTrade = {
  readonly tradeId: string;
  readonly commandId: string;
  readonly plan: TradePlanWire;
  readonly sample: MarketSample;
};

/**
 * Plans and dispatches one trade through the dashboard's API, with the page's own steps: size,
 * preview, open.
 */
export async function placeTrade(
  client: DashboardClient,
  wanted: string | undefined,
  redisUrl: string,
  log: Logger,
): Promise<PlacedTrade> {
  const list = await client.query('instruments.list', undefined, instrumentList);
  const instrument = list.find(
    ({ id, symbol }) => wanted === undefined || wanted === id || wanted === symbol,
  );
  if (instrument === undefined) {
    throw new DemoError(
      'INSTRUMENT_UNKNOWN',
      `${wanted ?? 'any'} is not among ${list.map((i) => i.id).join(', ')}`,
    );
  }
  const id = parseInstrumentId(instrument.id);
  const [sample, bars, account] = await Promise.all([
    sampleMarket(redisUrl, id, log),
    client.query('bars.recent', { instrument: id, limit: BARS }, barList),
    client.query('health.services', undefined, portfolio),
  ]);
  const { tickSize } = instrument;
  const distance = exitDistance({
    barRanges: bars.map((bar) => Number(bar.high) - Number(bar.low)),
    sample: sample.prices,
    sampleMs: sample.sampleMs,
    tickSize,
  });
  const ask = Number(sample.quote.ask);
  const levels = { tickSize: parseScaled(tickSize) };
  const stop = formatPrice(snapToTick(ask - distance, levels, 'floor'));
  const target = formatPrice(snapToTick(ask + distance, levels, 'ceil'));
  const budget = (Number(account.portfolio.equity) * POSITION_SHARE * distance) / ask;
  const riskAmount = budget.toFixed(8);
  const sized = await client.query(
    'trades.size',
    { instrument: id, stop, riskAmount, direction: 'long' },
    sizing,
  );
  const quantity = sized.quantity ?? '0';
  const plan: TradePlanWire = {
    instrument: id,
    direction: 'long',
    entry: { type: 'market' },
    stop,
    takeProfit: { style: 'single', target },
    quantity:
      parseScaled(quantity) < parseScaled(instrument.minQuantity)
        ? instrument.minQuantity
        : quantity,
    origin: { kind: 'ticket' },
  };
  const judged = await client.query('trades.previewCommand', { plan }, preview);
  if (!judged.allowed) {
    const denied = judged.verdicts.filter((verdict) => verdict.outcome === 'deny');
    const why = denied.map(({ rule, input, limit }) => `${rule} (${input}; ${limit})`).join(', ');
    throw new DemoError('PLAN_DENIED', why);
  }
  const tradeId = uuidV7(Date.now(), randomBytes(10));
  const commandId = uuidV7(Date.now(), randomBytes(10));
  await client.mutate('trades.open', { commandId, tradeId, plan });
  return { tradeId, commandId, plan, sample };
}
