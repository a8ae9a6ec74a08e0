import { route } from '../alpaca/scripted-stream.fixture.ts';
import {
  type ContractSource,
  type ContractTrade,
  describeFeedContract,
} from '../feed-contract.fixture.ts';
import { openIbkrFeed } from './data-feed.ts';
import {
  CONTRACT_IDS,
  type Field,
  REQUEST,
  type ScriptedTws,
  scriptedTws,
} from './scripted-tws.fixture.ts';

/** Ticks name the request that they belong to; which that is shows when they are sent. */
type Frame = Buffer | Ticks;
type Ticks = { readonly symbol: string; readonly ticks: readonly Tick[] };
/** time, price, size, mask, exchange, conditions; or fewer */
type Tick = readonly Field[];

const session = 'continuous';

/** Of the newest connection; null where there is none, or it was cancelled. */
function tradesId(requests: ScriptedTws['requests'], symbol: string): string | null {
  const id = requests.findLast(
    ([kind, , contractId, ...rest]) =>
      kind === REQUEST.ticks &&
      contractId === String(CONTRACT_IDS[symbol]) &&
      rest.includes('AllLast'),
  )?.[1];
  const isCancelled = requests.some(([kind, of]) => kind === REQUEST.cancelTicks && of === id);
  return id === undefined || isCancelled ? null : id;
}

function toTick({ eventTime, price, quantity }: ContractTrade): Tick {
  return [eventTime / 1_000, price, quantity, 0, 'NASDAQ', ''];
}

const whole = { price: '100.15', quantity: '2', eventTime: 1_700_000_000_000, id: '' };
const [time, , ...rest] = toTick(whole);

/**
 * Where this source keeps the contract in its own way: times have whole seconds; trades have no
 * ids, so one told again is another trade; ticks have no symbols, since a name is looked up once,
 * when a route is asked for (see 'names a symbol that has no contract'); and a frame without a
 * credible length hides where the next one begins, so it costs the connection.
 */
const ibkr: ContractSource<Frame> = {
  name: 'ibkr',
  routes: [route('AAPL', { session }), route('MSFT', { session })],
  timeStepMs: 1_000,
  hasIds: false,
  async start() {
    const tws = await scriptedTws();
    let begin = 0;
    const idOf = (symbol: string) => tradesId(tws.requests.slice(begin), symbol);
    const lastIdOf = new Map<string, string>();
    return {
      url: `tws://${tws.target.host}:${tws.target.port}`,
      connects: tws.connects,
      openNow: tws.openNow,
      isAsked(symbol) {
        const id = idOf(symbol);
        if (id !== null) lastIdOf.set(symbol, id);
        return id !== null;
      },
      send(frame) {
        if (Buffer.isBuffer(frame)) {
          // It costs the connection: what was asked for before counts no more.
          begin = tws.requests.length;
          return tws.raw(frame);
        }
        const id = lastIdOf.get(frame.symbol) ?? 'none';
        return tws.send(...frame.ticks.map((tick) => [99, id, 2, ...tick]));
      },
      cut() {
        begin = tws.requests.length;
        tws.cut();
      },
      settled: tws.settled,
      // The fixture ends with its test.
      stop: () => Promise.resolve(),
    };
  },
  open({ url }, options) {
    const { hostname: host, port } = new URL(url);
    const limits = { tickByTickRoutes: 2, linesMax: 4 };
    return openIbkrFeed({ ...options, host, port: Number(port), clientId: 7, ...limits });
  },
  tradeFrame: (symbol, ...trades) => ({ symbol, ticks: trades.map(toTick) }),
  faulty: [],
  broken: (symbol) => ({
    truncated: {
      frame: { symbol, ticks: [toTick(whole).slice(0, 3)] },
      code: 'FEED_SOURCE_ERROR',
    },
    oversized: {
      frame: Buffer.from([1, 0, 0, 0, 57]),
      code: 'FEED_FRAME_MALFORMED',
      endsConnection: true,
    },
    renamed: 'has no symbols',
    retyped: {
      frame: { symbol, ticks: [[time ?? '', 'a lot', ...rest]] },
      code: 'FEED_PRICE_INVALID',
    },
  }),
};

describeFeedContract(ibkr);
