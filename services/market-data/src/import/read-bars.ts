import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { InvalidInput, parseScaled } from '@ballast/domain';
import { parse } from 'csv-parse';

/** One usable line of a file. `openTime` epoch ms; decimal text as the file has it. */
export type ImportedBar = {
  readonly openTime: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
};
/** Lines that were left out for one reason, with the first of them; row 1 follows the header. */
export type ImportFault = {
  readonly code: FaultCode;
  readonly rows: number;
  readonly firstRow: number;
  readonly text: string;
};
type FaultCode =
  | 'TIME_INVALID'
  | 'PRICE_INVALID'
  | 'VOLUME_INVALID'
  | 'HIGH_BELOW_LOW'
  | 'OUTSIDE_HIGH_LOW'
  | 'REPEATED'
  | 'OUTSIDE_SESSION';

const HEADER = ['ts', 'open', 'high', 'low', 'close', 'volume'];
const GZIP_MAGIC = 0x1f8b;
const ROW_CHARACTERS_MAX = 4_096;
const PLAIN = /^\d{1,20}(?:\.\d{1,18})?$/;
const TIME = /^\d{1,15}$/;

/**
 * Bars of a CSV file (plain or gzip) with the columns ts, open, high, low, close, volume: `ts` is
 * the open time, epoch ms. In any order; of several lines of one time the first counts. A line that
 * cannot be used is left out and told.
 * @param isPlaced whether a bar may open at a time (epoch ms)
 * @returns the bars rising by time
 * @throws InvalidInput IMPORT_HEADER for other columns; the file system's error
 */
export async function readBars(
  path: string,
  isPlaced: (openTime: number) => boolean,
): Promise<{ bars: ImportedBar[]; faults: ImportFault[]; rows: number }> {
  const bars = new Map<number, ImportedBar>();
  const faults = countFaults();
  let rows = -1;
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: ROW_CHARACTERS_MAX,
  });
  const take = async (source: AsyncIterable<string[]>): Promise<void> => {
    for await (const fields of source) {
      rows += 1;
      if (rows === 0) {
        checkHeader(fields);
        continue;
      }
      const read = readRow(fields);
      if (typeof read === 'string') faults.add(read, rows, fields);
      else if (bars.has(read.openTime)) faults.add('REPEATED', rows, fields);
      else if (!isPlaced(read.openTime)) faults.add('OUTSIDE_SESSION', rows, fields);
      else bars.set(read.openTime, read);
    }
  };
  const bytes = createReadStream(path);
  if (await isGzip(path)) await pipeline(bytes, createGunzip(), parser, take);
  else await pipeline(bytes, parser, take);
  if (rows < 0) throw new InvalidInput('IMPORT_HEADER', `${path} is empty`);
  const rising = [...bars.values()].toSorted((a, b) => a.openTime - b.openTime);
  return { bars: rising, faults: faults.all(), rows };
}

function countFaults() {
  const found = new Map<FaultCode, ImportFault>();
  return {
    add(code: FaultCode, row: number, fields: readonly string[]): void {
      const known = found.get(code) ?? { code, rows: 0, firstRow: row, text: fields.join(',') };
      found.set(code, { ...known, rows: known.rows + 1 });
    },
    all: (): ImportFault[] => [...found.values()],
  };
}

function checkHeader(fields: readonly string[]): void {
  if (HEADER.every((name, index) => fields[index] === name)) return;
  throw new InvalidInput('IMPORT_HEADER', `columns must be ${HEADER.join(', ')}`);
}

function readRow(fields: readonly string[]): ImportedBar | FaultCode {
  const [ts = '', open = '', high = '', low = '', close = '', volume = ''] = fields;
  if (!TIME.test(ts)) return 'TIME_INVALID';
  const openTime = Number(ts);
  const prices: bigint[] = [];
  for (const text of [open, high, low, close]) {
    const price = PLAIN.test(text) ? parseScaled(text) : 0n;
    if (price <= 0n) return 'PRICE_INVALID';
    prices.push(price);
  }
  if (!PLAIN.test(volume)) return 'VOLUME_INVALID';
  const [o = 0n, h = 0n, l = 0n, c = 0n] = prices;
  if (h < l) return 'HIGH_BELOW_LOW';
  if (o > h || c > h || o < l || c < l) return 'OUTSIDE_HIGH_LOW';
  return { openTime, open, high, low, close, volume };
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return bytesRead === 2 && buffer.readUInt16BE(0) === GZIP_MAGIC;
  } finally {
    await file.close();
  }
}
