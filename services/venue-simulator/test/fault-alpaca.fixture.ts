import { streaming } from '@alpacahq/alpaca-trade-api';
import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { onTestFinished } from 'vitest';
import {
  type Answer,
  fieldOf,
  pinger,
  textOf,
  type Told,
  type VenueKit,
  within,
} from './fault-kit.fixture.ts';
import { KEY, SECRET } from './simulator.fixture.ts';

const SYMBOL = 'AAPL';

async function answerOf(call: Promise<unknown>): Promise<Answer> {
  try {
    await call;
    return 'accepted';
  } catch (error) {
    const status = fieldOf(error, 'status');
    return typeof status === 'number' ? `refused ${status}` : 'none';
  }
}

/** The SDK's stream; its messages are read as they came, since its models lose some fields. */
class Stream extends streaming.TradingStream {
  readonly #heard: (message: unknown) => void;

  constructor(url: string, heard: (message: unknown) => void) {
    super({ credentials: { keyId: KEY, secret: SECRET }, url, reconnect: false });
    this.#heard = heard;
  }

  protected override handleMessage(message: unknown): void {
    super.handleMessage(message);
    this.#heard(message);
  }
}

function readUpdate(data: unknown, revisions: Map<string, number>): Told[] {
  const order = fieldOf(data, 'order');
  const execution = textOf(data, 'execution_id');
  const status = textOf(order, 'status');
  const told: Told = { kind: 'order', id: textOf(order, 'client_order_id'), status };
  if (execution === '') return [told];
  const about = textOf(data, 'previous_execution_id') || execution;
  const revision = (revisions.get(about) ?? -1) + (about === execution ? 0 : 1);
  revisions.set(about, Math.max(0, revision));
  const fill: Told = {
    kind: 'fill',
    execution: about,
    revision: Math.max(0, revision),
    quantity: Number(textOf(data, 'qty')),
    price: Number(textOf(data, 'price')),
  };
  return textOf(data, 'event').startsWith('trade_') ? [fill] : [fill, told];
}

export const ALPACA: VenueKit = {
  name: 'alpaca',
  symbol: SYMBOL,
  quantity: 10,
  codes: {
    rateLimit: 'refused 429',
    serverError: 'refused 500',
    tokenExpired: 'refused 401',
  },
  open({ info }) {
    const streamUrl = textOf(info, 'alpacaTradingStreamUrl');
    const basePath = textOf(info, 'alpacaRestUrl');
    const configuration = new trading.Configuration({ basePath, keyId: KEY, secret: SECRET });
    const orders = new trading.OrdersApi(configuration);
    const positions = new trading.PositionsApi(configuration);
    const activities = new trading.AccountActivitiesApi(configuration);
    const told: Told[] = [];
    const revisions = new Map<string, number>();
    let breaks = 0;
    let current: Stream | null = null;
    const rows = async (call: Promise<{ raw: Response }>): Promise<unknown[]> => {
      const { raw } = await call;
      const json: unknown = await raw.json();
      return Array.isArray(json) ? json : [];
    };
    return {
      told,
      async connect() {
        const last = current;
        current = null;
        last?.disconnect();
        let live = (): void => undefined;
        let dead = (_error: Error): void => undefined;
        const listening = new Promise<void>((resolve, reject) => {
          live = resolve;
          dead = reject;
        });
        const stream = new Stream(streamUrl, (message) => {
          if (textOf(message, 'stream') === 'listening') live();
          if (stream !== current || textOf(message, 'stream') !== 'trade_updates') return;
          told.push(...readUpdate(fieldOf(message, 'data'), revisions));
        });
        current = stream;
        stream.onError(() => undefined);
        stream.onDisconnect(() => {
          dead(new Error('no connection'));
          if (stream === current) breaks += 1;
        });
        stream.subscribeTradeUpdates();
        stream.connect();
        onTestFinished(() => {
          current = null;
          stream.disconnect();
        });
        await within(2_000, listening);
      },
      breaks: () => breaks,
      async buy(id, quantity, price) {
        const order = {
          clientOrderId: id,
          symbol: SYMBOL,
          qty: String(quantity),
          side: 'buy',
        } as const;
        const postOrderRequest =
          price === undefined
            ? ({ ...order, type: 'market', timeInForce: 'day' } as const)
            : ({
                ...order,
                type: 'limit',
                timeInForce: 'gtc',
                limitPrice: price.toFixed(2),
              } as const);
        const answer = await answerOf(orders.postOrderRaw({ postOrderRequest }));
        if (answer === 'accepted') told.push({ kind: 'ack', id });
        return answer;
      },
      async cancel(id) {
        const { raw } = await orders.getOrderByClientOrderIdRaw({ clientOrderId: id });
        const orderId = textOf(await raw.json(), 'id');
        return answerOf(orders.deleteOrderByOrderIDRaw({ orderId }));
      },
      async working() {
        const open = await rows(orders.getAllOrdersRaw({ status: 'open' }));
        return open.map((row) => textOf(row, 'client_order_id'));
      },
      async held() {
        const [row] = await rows(positions.getAllOpenPositionsRaw());
        return Number(row === undefined ? 0 : textOf(row, 'qty'));
      },
      async executions() {
        const call = activities.getAccountActivitiesByActivityTypeRaw({ activityType: 'FILL' });
        return (await rows(call)).map((row) => textOf(row, 'id').replace(/^\d+::/, ''));
      },
      nextId: () => 0,
      ...pinger(streamUrl),
    };
  },
};
