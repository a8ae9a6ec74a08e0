import { EventName, OrderStatus } from '@stoqey/ib';
import { type Answer, textOf, type Told, type VenueKit, within } from './fault-kit.fixture.ts';
import { AAPL, type Client as Tws, clientOf, limit, next } from './tws.fixture.ts';

/** Ids of the scenarios are texts; this venue's are numbers, and the text is the reference. */
export const IBKR: VenueKit = {
  name: 'ibkr',
  symbol: 'AAPL',
  quantity: 10,
  codes: {
    rateLimit: 'refused 100',
    serverError: 'refused 322',
    tokenExpired: 'none',
  },
  open({ info }) {
    const port = Number(textOf(info, 'twsPort'));
    const told: Told[] = [];
    const ids = new Map<string, number>();
    const answers = new Map<number, (answer: Answer) => void>();
    let breaks = 0;
    let pongs = 0;
    let reqId = 100;
    let lastId = 0;
    let nextId = 0;
    let current: Tws | null = null;

    const settle = (orderId: number, answer: Answer): void => {
      answers.get(orderId)?.(answer);
      answers.delete(orderId);
    };
    const lost = (): void => {
      for (const orderId of [...answers.keys()]) settle(orderId, 'none');
    };
    const idOf = (orderId: unknown): string =>
      [...ids].find(([, known]) => known === orderId)?.[0] ?? '';

    function hear(name: string, args: readonly unknown[]): void {
      if (name === EventName.currentTime) pongs += 1;
      if (name === EventName.disconnected) {
        breaks += 1;
        lost();
      }
      if (name === EventName.error) settle(Number(args[2]), `refused ${String(args[1])}`);
      if (name === EventName.orderStatus) {
        const [orderId, status] = args;
        const id = idOf(orderId);
        if (answers.has(Number(orderId)) && status !== OrderStatus.Inactive) {
          told.push({ kind: 'ack', id });
          settle(Number(orderId), 'accepted');
        }
        told.push({ kind: 'order', id, status: String(status) });
      }
      if (name === EventName.execDetails && args[0] === -1) {
        const [base = '', revision = ''] = textOf(args[2], 'execId').split(/\.(?=\d+$)/);
        const quantity = Number(textOf(args[2], 'shares'));
        const price = Number(textOf(args[2], 'price'));
        told.push({
          kind: 'fill',
          execution: base,
          revision: Number(revision) - 1,
          quantity,
          price,
        });
      }
    }

    /** Asks for a listing and gives what was told until its end. */
    async function listed(name: EventName, end: EventName, ask: (tws: Tws) => void) {
      const tws = current;
      if (tws === null) throw new Error('not connected');
      const from = tws.heard.length;
      const ended = next(tws, end);
      ask(tws);
      await within(2_000, ended);
      return tws.heard.slice(from).filter((heard) => heard.name === name);
    }

    const request = (orderId: number, send: () => void): Promise<Answer> => {
      const answered = new Promise<Answer>((resolve) => answers.set(orderId, resolve));
      send();
      return answered;
    };

    return {
      told,
      async connect() {
        const last = current;
        current = null;
        last?.api.removeAllListeners();
        last?.api.disconnect();
        const tws = clientOf(port);
        const ready = next(tws, EventName.nextValidId);
        tws.api.on(EventName.error, () => undefined);
        tws.api.connect();
        await within(500, ready);
        nextId = Number(tws.named(EventName.nextValidId)[0]?.[0]);
        lastId = Math.max(lastId, nextId - 1);
        current = tws;
        tws.api.on(EventName.all, (name: string, args: readonly unknown[]) => {
          if (tws === current) hear(name, args);
        });
      },
      breaks: () => breaks,
      async buy(id, quantity, price) {
        const tws = current;
        lastId += 1;
        const orderId = ids.get(id) ?? lastId;
        ids.set(id, orderId);
        // Without a price: far above the market, which is as good.
        const order = limit('BUY', quantity, price ?? 1_000, { orderRef: id });
        if (tws === null || !tws.api.isConnected) return 'none';
        return request(orderId, () => tws.api.placeOrder(orderId, AAPL, order));
      },
      async cancel(id) {
        const orderId = ids.get(id) ?? 0;
        const answer = await request(orderId, () => current?.api.cancelOrder(orderId, {}));
        return answer === 'refused 202' ? 'accepted' : answer;
      },
      async working() {
        const rows = await listed(EventName.openOrder, EventName.openOrderEnd, ({ api }) =>
          api.reqAllOpenOrders(),
        );
        return rows.map(({ args }) => textOf(args[2], 'orderRef'));
      },
      async held() {
        const rows = await listed(EventName.position, EventName.positionEnd, ({ api }) =>
          api.reqPositions(),
        );
        return Number(rows.at(-1)?.args[2] ?? 0);
      },
      async executions() {
        reqId += 1;
        const rows = await listed(EventName.execDetails, EventName.execDetailsEnd, ({ api }) =>
          api.reqExecutions(reqId, {}),
        );
        return rows.map(({ args }) => textOf(args[2], 'execId').replace(/\.\d+$/, ''));
      },
      async ping() {
        current?.api.reqCurrentTime();
      },
      pongs: () => pongs,
      nextId: () => nextId,
    };
  },
};
