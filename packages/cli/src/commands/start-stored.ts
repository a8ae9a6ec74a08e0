import { findBacktest, type StoredBacktest } from '@ballast/db';
import {
  isTimeframe,
  type Timeframe,
  WALK_FORWARD_WINDOWS_MAX,
  type WalkForwardMode,
} from '@ballast/domain';
import { limitFromText } from '@ballast/strategies';
import { readCount, readInstant, readInstrumentId } from '../arguments.ts';
import { askAndLook, type Asked, until } from '../ask.ts';
import { progressText, reportBacktest, writePage } from '../backtest-report.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';
import type { StoredName } from '../stored-options.ts';

/** A sweep may take a day; more than a week is no wait. */
const FOLLOW_MS = 7 * 24 * 3_600_000;
const WHOLE = /^\d{1,9}$/;

export type StoredWords = {
  readonly strategy: string;
  readonly instruments: string;
  readonly timeframe: string;
  readonly from: string;
  readonly to?: string;
  readonly finer?: string;
  readonly set: readonly string[];
  readonly gate: readonly string[];
  readonly cash?: string;
  readonly makerFee?: string;
  readonly takerFee?: string;
  readonly spread?: string;
  readonly slippage?: string;
  readonly risk?: string;
  readonly notional?: string;
  readonly volume?: string;
  readonly seed: string;
  readonly wait: boolean;
  readonly detach: boolean;
  readonly html?: string;
  readonly vary?: readonly string[];
  readonly windows?: string;
  readonly train?: string;
  readonly mode?: WalkForwardMode;
};

/**
 * Asks for a backtest, a sweep or a walk-forward over stored bars and follows it to its end.
 * @throws Failure USAGE and the like for words that make no sense; what the backtester says against
 * it is the error of the report
 */
export async function startStored(
  platform: Platform,
  name: StoredName,
  words: StoredWords,
): Promise<Report> {
  const body = bodyOf(words);
  const { vary = [], detach, html } = words;
  const walkForward = name === 'walk-forward' ? { walkForward: windowsOf(words) } : {};
  const asked: Asked =
    name === 'run'
      ? { type: 'startBacktest', body }
      : { type: 'startSweep', body: { ...body, vary: [...vary], ...walkForward } };
  const { db } = platform;
  const taken = await askAndLook(platform, asked, (id) => findBacktest(db, id));
  const row = detach ? taken : await follow(platform, taken);
  if (row.state === 'done' && html !== undefined) await writePage(db, row, html);
  return reportBacktest(db, row, Date.now());
}

function windowsOf({ windows = '', train = '', mode = 'rolling' }: StoredWords) {
  return {
    windows: readCount(windows, '--windows', WALK_FORWARD_WINDOWS_MAX),
    train: readCount(train, '--train', WALK_FORWARD_WINDOWS_MAX),
    mode,
  };
}

/** Until it has ended, with its progress for who looks on. */
async function follow({ db }: Platform, { id }: StoredBacktest): Promise<StoredBacktest> {
  const show = process.stderr.isTTY;
  const row = await until(Date.now() + FOLLOW_MS, async () => {
    const seen = await findBacktest(db, id);
    if (seen === null) return null;
    if (show) process.stderr.write(`\r\u001b[K${progressText(seen, Date.now())}`);
    return seen.endedAt === null ? null : seen;
  });
  if (show) process.stderr.write('\r\u001b[K');
  if (row !== null) return row;
  throw new Failure('BACKTEST_GOES_ON', `${id} has not ended in a week: see backtest show ${id}`);
}

function bodyOf(words: StoredWords) {
  const now = Date.now();
  const { strategy, set, gate, finer, wait, to } = words;
  const texts = { cash: words.cash, makerFee: words.makerFee, takerFee: words.takerFee };
  const parts = { risk: words.risk, notional: words.notional, volume: words.volume };
  return {
    ...{ strategy, wait, timeframe: readTimeframe(words.timeframe) },
    instruments: words.instruments.split(',').map((id) => readInstrumentId(id.trim())),
    ...{ from: readInstant(words.from), to: to === undefined ? now : readInstant(to) },
    ...given({ finer: finer === undefined ? undefined : readTimeframe(finer) }),
    ...given({ ...texts, ...parts }),
    ...given({
      spread: readNumber('--spread', words.spread),
      slippage: readNumber('--slippage', words.slippage),
    }),
    ...(set.length === 0 ? {} : { parameters: pairsOf('--set', set, valueOf) }),
    ...(gate.length === 0 ? {} : { gates: pairsOf('--gate', gate, limitFromText) }),
    seed: readSeed(words.seed),
  };
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** What was said; the defaults of the rest are the backtester's. */
function given<T extends object>(all: T): Given<T> {
  const said: Given<T> = {};
  for (const name in all) {
    const value = all[name];
    if (isSaid(value)) said[name] = value;
  }
  return said;
}

const isSaid = <T>(value: T): value is Exclude<T, undefined> => value !== undefined;

function readTimeframe(text: string): Timeframe {
  if (isTimeframe(text)) return text;
  throw new Failure('USAGE', `no timeframe ${text}`, EXIT.usage);
}

function readNumber(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (text.trim() !== '' && Number.isFinite(number)) return number;
  throw new Failure('USAGE', `${option} must be a number: "${text}"`, EXIT.usage);
}

function readSeed(text: string): number {
  if (WHOLE.test(text)) return Number(text);
  throw new Failure('USAGE', `--seed must be a whole number: "${text}"`, EXIT.usage);
}

function pairsOf<T>(option: string, pairs: readonly string[], read: (text: string) => T) {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at >= 1) return [pair.slice(0, at), read(pair.slice(at + 1))] as const;
      throw new Failure('USAGE', `${option} wants name=value: "${pair}"`, EXIT.usage);
    }),
  );
}

/** A number where it reads as one, true and false, else text. */
function valueOf(text: string): number | boolean | string {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
