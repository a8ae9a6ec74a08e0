import type { ProtocolLink, SocketProtocol } from '../connection/protocol.ts';
import { readFrame } from './trade-frames.ts';
import { TradeItems } from './trade-items.ts';

/**
 * Finnhub's trade socket. Nothing is acknowledged and nothing numbered: whether a subscription took
 * shows in its data alone.
 */
export function createFinnhubProtocol({ send, fault }: ProtocolLink): SocketProtocol {
  const items = new TradeItems(fault);
  let symbols: readonly string[] = [];

  function ask(type: 'subscribe' | 'unsubscribe', asked: readonly string[]): void {
    for (const symbol of asked) send(JSON.stringify({ type, symbol }));
  }

  return {
    source: 'finnhub',
    frames: 'text',
    ping: 'socket',
    onOpen() {
      items.reset();
      ask('subscribe', symbols);
    },
    read: (text, _bytes, receivedTime) => readFrame(text ?? '', receivedTime, items, fault),
    setRoutes(routes) {
      items.setRoutes(routes);
      const before = symbols;
      symbols = routes.map(({ symbol }) => symbol);
      const [were, are] = [new Set(before), new Set(symbols)];
      const gone = before.filter((symbol) => !are.has(symbol));
      ask('unsubscribe', gone);
      const added = symbols.filter((symbol) => !were.has(symbol));
      ask('subscribe', added);
    },
    overdue: () => null,
  };
}
