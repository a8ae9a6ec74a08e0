import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { BarRange, Database } from '@ballast/db';
import type { Bar } from '@ballast/domain';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';

const ROWS_PER_CHUNK = 2_000;

/** The rows as COPY wants them, made before any clock runs. */
export function textOf(bars: readonly Bar[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let start = 0; start < bars.length; start += ROWS_PER_CHUNK) {
    const lines = bars
      .slice(start, start + ROWS_PER_CHUNK)
      .map((bar) =>
        [
          ...[bar.instrument, bar.timeframe, bar.openTime, bar.open, bar.high, bar.low, bar.close],
          ...[bar.volume, bar.tradeCount, bar.state, bar.source, bar.builtFrom, bar.missing],
        ].join('\t'),
      );
    chunks.push(Buffer.from(`${lines.join('\n')}\n`));
  }
  return chunks;
}

export async function copyIn(db: Database, text: readonly Buffer[]): Promise<void> {
  const client = await db.pool.connect();
  try {
    await pipeline(Readable.from(text), client.query(copyFrom('COPY bars FROM STDIN')));
  } finally {
    client.release();
  }
}

/** The same columns and order as our reader, as text, thrown away as they come. */
export async function copyOut(db: Database, range: BarRange): Promise<void> {
  const client = await db.pool.connect();
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  try {
    const stream = client.query(
      copyTo(`COPY (SELECT open_time, open, high, low, close, volume FROM bars
        WHERE instrument = '${range.instrument}' AND timeframe = '${range.timeframe}'
          AND open_time BETWEEN ${range.from} AND ${range.to} ORDER BY open_time) TO STDOUT`),
    );
    await pipeline(stream, nowhere);
  } finally {
    client.release();
  }
}
