import { join } from 'node:path';
import { createFinnhubProtocol } from '../finnhub/trade-protocol.ts';
import { recordedLines } from './recorded-lines.ts';
import { fuzzRoute, type FuzzTarget, protocolTarget } from './target.ts';

const FRAMES = [
  '{"type":"ping"}',
  '{"type":"error","msg":"Subscribing to too many symbols"}',
  '{"data":[{"c":["1","12"],"p":379.6025,"s":"AAPL","t":1594228987324,"v":21}],"type":"trade"}',
  '{"data":[{"p":1.08415,"s":"OANDA:EUR_USD","t":1594228987324,"v":0}],"type":"trade"}',
  '{"data":[{"c":null,"p":0.5,"s":"AAPL","t":1,"v":4e-06},{"p":1e2,"s":"AAPL","t":2,"v":1}],"type":"trade"}',
];

/** @param recorded folder of recorded frames, one folder for each source; may be missing */
export function finnhubTargets(recorded: string): FuzzTarget[] {
  const lines = recordedLines(join(recorded, 'finnhub/finnhub_ws_frames.jsonl'));
  const symbols = ['AAPL', 'OANDA:EUR_USD', 'BINANCE:BTCUSDT'];
  const routes = symbols.map((symbol) => fuzzRoute('alpaca', 'stock', symbol));
  const samples = [...FRAMES, ...lines].map((line) => Buffer.from(line));
  return [protocolTarget('finnhub', routes, { samples }, createFinnhubProtocol)];
}
