import { createMarketPublisher, openBus, putHeartbeat, putState } from '@ballast/bus';
import type { Instrument } from '@ballast/domain';
import type { Failing, Logger } from '@ballast/observability';
import { tellMarket } from './market-word.ts';
import { ACCOUNT, INSTRUMENTS, START_PRICES, VENUE } from './rows.ts';

/** So many bars that the figure needs its grouping. */
const OVERDUE = 12_345;

function cannotStore(since: number): Failing {
  const advice = 'No fill is booked and no command is answered. Look at the disk (df -h).';
  return { code: 'JOURNAL_CANNOT_COMMIT', cannot: 'store anything', advice, since };
}

type Urls = { marketData: string; gateway: string; worker: string; supervisor: string };

/**
 * Prices that move, and the states that market-data and the gateway write:
 * what the live pages show.
 * @param more instruments beside the sample's, with prices of their own
 * @returns also what makes market-data fall silent, as when it is killed, and what makes it tell
 * of bars that stay missing, or the gateway of a disk that is full
 */
export function startPulse(
  urls: Urls,
  tradeId: string,
  log: Logger,
  more: readonly Instrument[] = [],
): { stop(): Promise<void>; silence(): unknown; miss(): unknown; fill(): unknown } {
  const market = openBus(urls.marketData, 'sample-market', log);
  const gateway = openBus(urls.gateway, 'sample-gateway', log);
  const others = [openBus(urls.worker, 'w', log), openBus(urls.supervisor, 's', log)] as const;
  const publisher = createMarketPublisher(market, 'bybit', { log, runId: 'sample' });
  const prices = new Map(START_PRICES);
  const startedAt = Date.now();
  let beats = 0;
  let isSilent = false;
  let overdue = 0;
  let full: { failing?: Failing } = {};

  function tick(): void {
    if (isSilent) return;
    const now = Date.now();
    for (const { id, tickSize } of [...INSTRUMENTS, ...more]) {
      const symbol = id.slice(id.indexOf(':') + 1);
      if (symbol === 'LINKUSDT' && now - startedAt > 4_000) continue;
      const step = Number(tickSize) / 1e18;
      const places = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
      const next = (prices.get(symbol) ?? 1) * (1 + (Math.random() - 0.5) * 0.0003);
      prices.set(symbol, next);
      const at = (offset: number) => (Math.round(next / step + offset) * step).toFixed(places);
      const times = { eventTime: now, receivedTime: now };
      publisher.publish({
        kind: 'quote',
        quote: {
          instrument: id,
          source: 'bybit',
          bid: at(-1),
          bidQuantity: '1.2',
          ask: at(1),
          askQuantity: '0.8',
          last: at(0),
          ...times,
        },
      });
      publisher.publish({
        kind: 'trade',
        trade: {
          instrument: id,
          source: 'bybit',
          venueTradeId: String(now),
          price: at(0),
          quantity: '0.05',
          takerSide: 'buy',
          ...times,
        },
      });
    }
  }

  async function beat(): Promise<void> {
    const now = Date.now();
    beats += 1;
    const mark = prices.get('BTCUSDT') ?? 0;
    const unrealised = (mark - 64_231.5) * 0.15;
    const heartbeat = (service: string) => ({
      service,
      at: now,
      startedAt,
      pid: process.pid,
      version: '0.1.0',
      loopDelayP99Ms: 10.4,
      counts: { ticks: beats * 70, errors: 0 },
    });
    if (!isSilent) {
      await tellMarket(market, { now, startedAt, beats, overdue });
      await putHeartbeat(market, heartbeat('market-data'));
    }
    await putHeartbeat(gateway, { ...heartbeat('order-gateway'), ...full });
    await putHeartbeat(others[0], heartbeat('strategy-worker'));
    await putHeartbeat(others[1], heartbeat('supervisor'));
    await putState(gateway, 'portfolio', {
      account: ACCOUNT,
      asOf: now,
      balanceAt: now,
      currency: 'USDT',
      equity: (100_000 + unrealised).toFixed(4),
      available: '90365.2750',
      dayPnl: (40.25 + unrealised).toFixed(4),
      unrealised: unrealised.toFixed(4),
      openRisk: '57.8084',
      behind: null,
      venue: VENUE,
      positions: [
        {
          tradeId,
          instrument: 'bybit.linear:BTCUSDT',
          direction: 'long',
          quantity: '0.15',
          entryPrice: '64231.5',
          mark: mark.toFixed(1),
          markAt: now - 120,
          unrealised: unrealised.toFixed(4),
          realisedCum: '0',
          feesCum: '1.9284',
          stop: '63846.1',
          target: '65002.3',
          rMultiple: (unrealised / 57.81).toFixed(3),
          distanceToStop: (mark - 63_846.1).toFixed(1),
        },
      ],
    });
  }

  let beating = Promise.resolve();
  const timers = [
    setInterval(tick, 150),
    setInterval(() => {
      beating = beating.then(beat);
    }, 1_000),
  ];
  return {
    silence: () => (isSilent = true),
    miss: () => (overdue = OVERDUE),
    fill: () => (full = { failing: cannotStore(Date.now()) }),
    async stop() {
      for (const timer of timers) clearInterval(timer);
      // One under way would find its connections closed, and end the process before its end.
      await beating;
      await publisher.close();
      await Promise.all([market.close(), gateway.close(), ...others.map((bus) => bus.close())]);
    },
  };
}
