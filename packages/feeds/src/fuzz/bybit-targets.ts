import { join } from 'node:path';
import { createBybitProtocol } from '../bybit/public-protocol.ts';
import type { BybitCategory } from '../bybit/symbol-reader.ts';
import { recordedLines } from './recorded-lines.ts';
import { fuzzRoute, type FuzzTarget, protocolTarget } from './target.ts';

const AT = 1_700_000_040_000;
const SYMBOL = 'BTCUSDT';
const ANSWER_TIMEOUT_MS = 10_000;

const data = (topic: string, type: string, content: unknown) => ({
  topic: `${topic}.${SYMBOL}`,
  type,
  ts: AT,
  data: content,
});
const trade = { T: AT, s: SYMBOL, S: 'Buy', v: '0.010', p: '27451.00', L: 'PlusTick', i: 'a-1' };
const kline = {
  start: AT,
  end: AT + 59_999,
  interval: '1',
  open: '27450',
  high: '27460',
  low: '27440',
  close: '27451',
  volume: '12.5',
  turnover: '1',
  confirm: true,
  timestamp: AT,
};
const ticker = {
  symbol: SYMBOL,
  bid1Price: '27450.9',
  bid1Size: '1.5',
  ask1Price: '27451.0',
  ask1Size: '2',
  lastPrice: '27451.00',
};
const book = (u: number, b: string[][], a: string[][]) => ({ s: SYMBOL, b, a, u, seq: 10 + u });
const levels = (from: number, step: number): string[][] =>
  Array.from({ length: 5 }, (_, index) => [String(from + step * index), '1.5']);

const FRAMES = [
  data('publicTrade', 'snapshot', [trade, { ...trade, i: 'a-2', S: 'Sell' }]),
  data('tickers', 'snapshot', ticker),
  data('tickers', 'delta', { symbol: SYMBOL, bid1Price: '27450.8' }),
  data('kline.1', 'snapshot', [kline]),
  data('orderbook.50', 'snapshot', book(1, levels(27_450, -1), levels(27_451, 1))),
  data('orderbook.50', 'delta', book(2, [['27450', '0']], [['27451', '7']])),
  data('orderbook.50', 'delta', book(3, [['27449.5', '2']], [])),
  data('orderbook.1', 'snapshot', book(1, [['27450', '1']], [['27451', '1']])),
  data('orderbook.1', 'delta', book(2, [['27450', '2']], [])),
  { success: true, ret_msg: '', op: 'subscribe', req_id: 'subscribe-1', conn_id: 'c' },
  { success: true, ret_msg: 'pong', op: 'ping', conn_id: 'c' },
];

/** @param recorded folder of recorded frames, one folder for each source; may be missing */
export function bybitTargets(recorded: string): FuzzTarget[] {
  const rows = recordedLines(join(recorded, 'bybit-v5/tardis_recorded_frames.jsonl')).filter(
    (row) => /"set":"bybit_v5_(linear_inverse|spot)"/.test(row),
  );
  const frames = rows.map((row): unknown => Reflect.get(JSON.parse(row) as object, 'frame'));
  const samples = [...FRAMES, ...frames].map((frame) => Buffer.from(JSON.stringify(frame)));
  const target = (category: BybitCategory): FuzzTarget => {
    const symbols = [SYMBOL, 'LTCUSDT', 'BTCUSD', 'BTCUSDC'];
    const routes = symbols.map((symbol) => fuzzRoute('bybit', category, symbol));
    return protocolTarget(`bybit ${category}`, routes, { samples }, (link) =>
      createBybitProtocol(link, { category, bookDepth: 50 }, ANSWER_TIMEOUT_MS),
    );
  };
  return [target('linear'), target('spot')];
}
