import { WebsocketClient } from 'bybit-api';
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
import { KEY, restClient, SECRET } from './simulator.fixture.ts';

const SYMBOL = 'ETHUSDT';
const SCOPE = { category: 'linear', symbol: SYMBOL } as const;
const SILENT = { trace: () => undefined, info: () => undefined, error: () => undefined };

async function answerOf(call: Promise<{ retCode: number }>): Promise<Answer> {
  try {
    const { retCode } = await call;
    return retCode === 0 ? 'accepted' : `refused ${retCode}`;
  } catch (error) {
    const code = fieldOf(error, 'code');
    return typeof code === 'number' ? `refused ${code}` : 'none';
  }
}

function readRow(topic: string, row: unknown): Told {
  if (topic === 'order') {
    return { kind: 'order', id: textOf(row, 'orderLinkId'), status: textOf(row, 'orderStatus') };
  }
  return {
    kind: 'fill',
    execution: textOf(row, 'execId'),
    revision: 0,
    quantity: Number(textOf(row, 'execQty')),
    price: Number(textOf(row, 'execPrice')),
  };
}

export const BYBIT: VenueKit = {
  name: 'bybit',
  symbol: SYMBOL,
  quantity: 1,
  codes: {
    rateLimit: 'refused 10006',
    serverError: 'refused 502',
    clockSkew: 'refused 10002',
    tokenExpired: 'refused 33004',
  },
  open({ urls }) {
    const rest = restClient(urls.rest);
    const told: Told[] = [];
    let breaks = 0;
    let current: WebsocketClient | null = null;
    return {
      told,
      async connect() {
        current?.closeAll(true);
        const options = { market: 'v5', key: KEY, secret: SECRET, wsUrl: urls.privateWs } as const;
        const client = new WebsocketClient(options, SILENT);
        current = client;
        onTestFinished(() => client.closeAll(true));
        client.on('update', ({ topic, data }: { topic: string; data: unknown }) => {
          if (client !== current || !Array.isArray(data)) return;
          for (const row of data) told.push(readRow(topic, row));
        });
        const broke = (): void => {
          if (client === current) breaks += 1;
        };
        client.on('reconnect', broke);
        const live = new Promise<void>((resolve, reject) => {
          client.on('response', (answer: unknown) => {
            if (fieldOf(answer, 'success') === true) resolve();
            else reject(new Error('no connection'));
          });
          client.on('exception', reject);
        });
        for (const one of client.subscribeV5(['order', 'execution'], 'linear')) one.catch(() => 0);
        await within(2_000, live);
      },
      breaks: () => breaks,
      async buy(id, quantity, price) {
        const order = { ...SCOPE, side: 'Buy', qty: String(quantity), orderLinkId: id } as const;
        const answer = await answerOf(
          rest.submitOrder(
            price === undefined
              ? { ...order, orderType: 'Market' }
              : { ...order, orderType: 'Limit', price: price.toFixed(2), timeInForce: 'GTC' },
          ),
        );
        if (answer === 'accepted') told.push({ kind: 'ack', id });
        return answer;
      },
      cancel: (id) => answerOf(rest.cancelOrder({ ...SCOPE, orderLinkId: id })),
      async working() {
        const { result } = await rest.getActiveOrders(SCOPE);
        return result.list.map(({ orderLinkId }) => orderLinkId);
      },
      async held() {
        const { result } = await rest.getPositionInfo(SCOPE);
        return Number(result.list[0]?.size);
      },
      async executions() {
        const { result } = await rest.getExecutionList(SCOPE);
        return result.list.map(({ execId }) => execId);
      },
      nextId: () => 0,
      ...pinger(urls.privateWs),
    };
  },
};
