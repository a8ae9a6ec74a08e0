import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { FeedError, type FaultSink } from '../faults.ts';
import type { FeedEvent } from '../feed.ts';
import { looksGzip, type RecordedFile, readRecording } from '../replay/recorded-file.ts';
import { RowReader } from '../replay/recorded-rows.ts';
import { fuzzRoute, type FuzzReader, type FuzzTarget } from './target.ts';

const AT = 1_700_000_040_000;
const MINUTE = 60_000;
const BARS = [
  ['ts', 'open', 'high', 'low', 'close', 'volume'],
  [AT, '100.10', '100.90', '100.00', '100.50', '12'],
  [AT + MINUTE, '100.50', '100.50', '100.40', '100.40', '0.5'],
  [AT + 2 * MINUTE, '1', '1e1', '0.5', '2', '0'],
];
const TRADES = [
  ['ts', 'price', 'size', 'side'],
  [AT, '100.10', '3', 'buy'],
  [AT, '100.1000', '1e-3', ''],
  [AT + 5, '99', '2', 'sell'],
];

/** Whole files are the frames here: what is broken may be a row, the header or the packing. */
export function replayTargets(): FuzzTarget[] {
  const route = fuzzRoute('alpaca', 'stock', 'AAPL');
  const tables = [BARS, TRADES];
  const values = tables.map((table) => Buffer.from(JSON.stringify(table)));
  const target = (name: string, pack: (text: string) => Buffer): FuzzTarget => ({
    name: `replay ${name}`,
    routes: [route],
    samples: tables.map((table) => pack(csvOf(table))),
    values: { samples: values, toWire: (table) => pack(csvOf(table)) },
    open: (fault) => fileReader(route, fault),
  });
  return [target('csv', (text) => Buffer.from(text)), target('gz', (text) => gzipSync(text))];
}

function csvOf(table: unknown): string {
  const rows: unknown[] = Array.isArray(table) ? table : [table];
  return rows.map((row) => (Array.isArray(row) ? row.join(',') : String(row))).join('\n');
}

/** Reads each file as the replay does; one that cannot be read on is a fault. */
function fileReader(route: FuzzTarget['routes'][number], fault: FaultSink): FuzzReader {
  return async (bytes) => {
    const events: FeedEvent[] = [];
    let file: RecordedFile | null = null;
    try {
      file = await readRecording(Readable.from([bytes]), looksGzip(bytes), 'fuzz');
      const { kind, rows } = file;
      const reader = new RowReader({ route, kind, timeframe: '1m', label: 'fuzz' }, fault);
      for await (const row of rows) {
        const timed = reader.read(row);
        if (timed !== null) events.push(timed.event);
      }
    } catch (error) {
      if (!(error instanceof FeedError)) throw error;
      fault('FEED_SOURCE_ERROR', error.code);
    } finally {
      file?.close();
    }
    return events;
  };
}
