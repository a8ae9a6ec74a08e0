import { FEED_STATE, readMarket, readState } from '@ballast/bus';
import { parseScaled } from '@ballast/domain';
import { createLogger } from '@ballast/observability';
import { z } from 'zod';
import { STANDBY } from '../launcher/services.ts';
import { compareWithRecord, hasEnded, venueRecord } from './bar-record.ts';
import { Claims, type Drill, wholeNumber } from './drill.ts';
import { startTrading, type Trading } from './trading.ts';
import { until } from './until.ts';

const MINUTE_MS = 60_000;
const MINUTES = { none: 3, max: 60 };
const INSTRUMENTS = { none: 60, max: 600 };
const LEASE_MS = 1_000;
/** From one end of the active process to the next, so that each has a standby behind it. */
const PAUSE_MS = 12_000;
/** A process that is paused this long has lost its lease when it goes on. */
const PAUSED_MS = 4_000;
const SETTLED_WITHIN_MS = 120_000;
const SERVICES = ['market-data', STANDBY] as const;

const active = z.object({ fence: z.number(), pid: z.number() });

/** How the active process ends: the last one begins its minute's last second. */
const ENDS = ['kill', 'pause', 'kill at the end of a minute'] as const;
type End = (typeof ENDS)[number];
type Takeover = { readonly end: End; readonly holeMs: number };

/**
 * Two processes of market-data, of which the active one is ended again and again. What came over
 * the bus and what is stored is then held against the venue's own record: each trade and each bar
 * once.
 */
export const feedFailover: Drill = async ({ minutes, instruments }, say) => {
  const lasting = wholeNumber('--minutes', minutes, MINUTES);
  const count = wholeNumber('--instruments', instruments, INSTRUMENTS);
  const trading = await startTrading(['venue-simulator', ...SERVICES], {
    'venue-simulator': { BALLAST_SIMULATOR_INSTRUMENTS: String(count) },
  });
  const bus = listen(trading);
  const claims = new Claims(say);
  try {
    const from = Math.ceil(Date.now() / MINUTE_MS) * MINUTE_MS;
    const to = from + (lasting - 1) * MINUTE_MS;
    const takeovers = await endAgainAndAgain(trading, bus, to + MINUTE_MS, say);
    const heard = await wholeStretch(trading, bus, { from, to });
    const stored = await settled(trading, { from, to });
    const holes = takeovers.map(({ holeMs }) => holeMs);
    const longest = Math.max(...holes);
    claims.claim('the active process was ended in each way', hasAll(takeovers), takeovers);
    claims.claim('takeover within two lease periods', longest <= 2 * LEASE_MS, holes);
    claims.claim('no trade came twice', bus.doubledTrades.length === 0, bus.doubledTrades);
    claims.claim('no trade is missing', heard.short.length === 0, heard.short);
    claims.claim('no bar came twice', bus.doubledBars.length === 0, bus.doubledBars);
    claims.claim('no bar is missing on the bus', heard.missing.length === 0, heard.missing);
    claims.claim('the venue has ended every minute', stored.hasEnded, stored.bars);
    claims.claim('no stored minute is wrong', stored.wrong.length === 0, stored.wrong);
    claims.claim('no stored minute is missing', stored.missing.length === 0, stored.missing);
    claims.claim('no minute was invented', stored.invented.length === 0, stored.invented);
    const { held, failures, ok } = claims;
    const figures = { minutes: lasting, instruments: count, trades: bus.trades, bars: stored.bars };
    return { ok, ...figures, takeovers, longestHoleMs: longest, claims: held, failures };
  } finally {
    await bus.stop();
    await trading.stop();
  }
};

const hasAll = (takeovers: readonly Takeover[]): boolean =>
  ENDS.every((end) => takeovers.some((one) => one.end === end));

/** Everything that a consumer of the bus is told. */
function listen({ platform }: Trading) {
  const seen = new Set<string>();
  const doubledTrades: string[] = [];
  const doubledBars: string[] = [];
  /** Traded quantity at scale 18 by instrument and minute. */
  const volumes = new Map<string, bigint>();
  const bars = new Set<string>();
  const arrivals: number[] = [];
  let trades = 0;
  const reader = readMarket(platform.redisUrl('strategy-worker'), {
    venues: ['bybit'],
    from: '$',
    name: 'drill',
    log: createLogger('drill', 'silent'),
    onBatch(events) {
      arrivals.push(performance.now());
      for (const event of events) {
        if (event.kind === 'trade') {
          const { instrument, venueTradeId, eventTime, quantity } = event.trade;
          const id = `${instrument} ${venueTradeId}`;
          if (seen.has(id)) doubledTrades.push(id);
          seen.add(id);
          trades += 1;
          const minute = `${instrument} ${eventTime - (eventTime % MINUTE_MS)}`;
          volumes.set(minute, (volumes.get(minute) ?? 0n) + parseScaled(quantity));
        } else if (event.kind === 'bar' && event.bar.state !== 'corrected') {
          const id = `${event.bar.instrument} ${event.bar.openTime}`;
          if (bars.has(id)) doubledBars.push(id);
          bars.add(id);
        }
      }
    },
  });
  return {
    doubledTrades,
    doubledBars,
    volumes,
    bars,
    get trades() {
      return trades;
    },
    /** The longest time without anything, from `since` (performance.now()) on. */
    longestHole(since: number): number {
      const from = arrivals.findLastIndex((at) => at < since);
      const window = [...arrivals.slice(Math.max(0, from)), performance.now()];
      return Math.max(...window.slice(1).map((at, index) => at - (window[index] ?? at)));
    },
    stop: () => reader.stop(),
  };
}

type Listener = ReturnType<typeof listen>;

async function endAgainAndAgain(
  trading: Trading,
  bus: Listener,
  end: number,
  say: (line: string) => void,
): Promise<Takeover[]> {
  const takeovers: Takeover[] = [];
  for (let turn = 0; Date.now() < end - PAUSE_MS; turn += 1) {
    const how = ENDS[turn % ENDS.length] ?? 'kill';
    if (how === 'kill at the end of a minute') await passes(minuteEnd() - 300);
    const before = await activeOf(trading);
    const since = performance.now();
    process.kill(before.pid, how === 'pause' ? 'SIGSTOP' : 'SIGKILL');
    await until('another process is the active one', async () => {
      const { fence } = await activeOf(trading);
      return fence > before.fence;
    });
    if (how === 'pause') {
      await passes(Date.now() + PAUSED_MS);
      process.kill(before.pid, 'SIGCONT');
    }
    await passes(Date.now() + PAUSE_MS / 4);
    const holeMs = Math.round(bus.longestHole(since));
    takeovers.push({ end: how, holeMs });
    say(`${how}: a hole of ${holeMs} ms`);
    await passes(Date.now() + PAUSE_MS / 2);
    for (const name of SERVICES) await trading.platform.service(name).whenReady();
  }
  await passes(end);
  return takeovers;
}

const minuteEnd = (): number => Math.ceil((Date.now() + 1_000) / MINUTE_MS) * MINUTE_MS;

async function passes(moment: number): Promise<void> {
  const left = Math.max(0, moment - Date.now());
  await until('the moment has come', async () => Date.now() >= moment, left + 1_000);
}

async function activeOf({ bus }: Trading) {
  return active.parse(await readState(bus, FEED_STATE));
}

/** What the bus told of whole minutes, once all of it should have come. */
async function wholeStretch(
  trading: Trading,
  bus: Listener,
  range: { from: number; to: number },
): Promise<{ short: string[]; missing: string[] }> {
  const end = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const short: string[] = [];
    const missing: string[] = [];
    const markets = await venueRecord(trading, range);
    for (const { instrument, bars } of markets) {
      for (const [openTime, , , , , volume] of bars) {
        const minute = `${instrument} ${openTime}`;
        const heard = bus.volumes.get(minute) ?? 0n;
        if (heard !== parseScaled(volume)) short.push(`${minute}: ${heard} of ${volume}`);
        if (!bus.bars.has(minute)) missing.push(minute);
      }
    }
    const all = short.length + missing.length === 0 && hasEnded(markets, range);
    if (all || Date.now() > end) return { short, missing };
    await passes(Date.now() + 5_000);
  }
}

async function settled(trading: Trading, range: { from: number; to: number }) {
  const end = Date.now() + SETTLED_WITHIN_MS;
  for (;;) {
    const found = await compareWithRecord(trading, range);
    const same = found.wrong.length + found.missing.length === 0;
    if ((same && found.hasEnded) || Date.now() > end) return found;
    await passes(Date.now() + 5_000);
  }
}
