import type { Timeframe } from '@ballast/domain';
import { EventName, WhatToShow } from '@stoqey/ib';
import { FeedError } from '../faults.ts';
import {
  type AskedContract,
  type ContractAnswer,
  createContractQuestions,
  knownContract,
} from './contracts.ts';
import type { HistoricalRow } from './history-rows.ts';
import { BAR_SIZES, type HistoryWindow } from './history-windows.ts';
import { type Link, type LinkEnd, type LinkTarget, openLink } from './link.ts';

const BARS_MAX = 20_000;
const REGULAR_HOURS_ONLY = 1;
const TIMES_AS_SECONDS = 2;
const NO_DATA = 162;
const NOT_ENTITLED = new Set([354, 420, 10_089, 10_186, 10_197]);

type FoundContract = Extract<ContractAnswer, { kind: 'found' }>;

type Question = {
  readonly rows: HistoricalRow[];
  readonly timer: NodeJS.Timeout;
  resolve(answer: HistoricalRow[]): void;
  reject(error: FeedError): void;
};

/**
 * One login for questions about the past and about contracts, until it is closed or lost.
 * @throws FeedError HISTORY_UNREACHABLE
 */
export async function openHistoryLink(target: LinkTarget, answerMs: number): Promise<HistoryLink> {
  const link = new HistoryLink(target, answerMs);
  await link.ready;
  return link;
}

export class HistoryLink {
  /** Rejects when there is no login. */
  readonly ready: Promise<void>;
  readonly #link: Link;
  readonly #answerMs: number;
  readonly #contracts: ReturnType<typeof createContractQuestions>;
  readonly #questions = new Map<number, Question>();
  #nextId = 1;
  #isOpen = true;
  /** Of whatever is not about a listing, when the link ends. */
  readonly #rejects = new Set<(error: FeedError) => void>();

  constructor(target: LinkTarget, answerMs: number) {
    this.#answerMs = answerMs;
    const login = this.#promise<void>('login');
    this.ready = login.promise;
    this.#link = openLink(target, {
      onReady: () => login.resolve(),
      onSystem: () => undefined,
      onFault: (id, code, text) => this.#onFault(id, code, text),
      // What cannot be read leaves its question unanswered, which its time ends.
      onBadMessage: () => undefined,
      onSettled: () => undefined,
      onEnded: (reason) => this.#onEnded(reason),
    });
    this.#contracts = createContractQuestions(this.#link);
    this.#listen();
    login.promise.catch(() => this.close());
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  close(): void {
    this.#link.end('CLOSED');
  }

  /** @throws FeedError */
  contract(asked: AskedContract): Promise<FoundContract> {
    if (!this.#isOpen) return Promise.reject(notConnected());
    const { symbol } = asked;
    const { promise, resolve, reject } = this.#promise<FoundContract>(`contract ${symbol}`);
    const id = this.#nextId++;
    this.#contracts.ask(id, asked, Date.now(), (answer) => {
      if (answer.kind === 'found') resolve(answer);
      else reject(errorOf(answer.code, `${symbol}: ${answer.message}`));
    });
    return promise;
  }

  /** All rows of a window. @throws FeedError */
  rows(contractId: number, timeframe: Timeframe, window: HistoryWindow): Promise<HistoricalRow[]> {
    const size = BAR_SIZES[timeframe];
    if (!this.#isOpen || size === undefined) {
      return Promise.reject(notConnected());
    }
    const { promise, resolve, reject } = Promise.withResolvers<HistoricalRow[]>();
    const id = this.#nextId++;
    const tooLate = (): void => this.#take(id)?.reject(this.#unanswered('history'));
    const timer = setTimeout(tooLate, this.#answerMs);
    this.#questions.set(id, { rows: [], timer, resolve, reject });
    this.#link.api.reqHistoricalData(
      id,
      knownContract(contractId),
      window.end,
      window.duration,
      size,
      WhatToShow.TRADES,
      REGULAR_HOURS_ONLY,
      TIMES_AS_SECONDS,
      false,
    );
    return promise;
  }

  #listen(): void {
    type Told = unknown;
    const onRow = (
      id: number,
      date: Told,
      open: Told,
      high: Told,
      low: Told,
      close: Told,
      volume: Told,
      count: Told,
    ): void => {
      const question = this.#questions.get(id);
      if (question === undefined) return;
      // The end of a listing is told as one more bar.
      if (typeof date === 'string' && date.startsWith('finished')) {
        this.#take(id)?.resolve(question.rows);
      } else if (question.rows.length < BARS_MAX) {
        question.rows.push({ date, open, high, low, close, volume, count });
      } else {
        const error = new FeedError('HISTORY_REFUSED', `ibkr: more than ${BARS_MAX} bars`);
        this.#take(id)?.reject(error);
      }
    };
    this.#link.api.on(EventName.historicalData, this.#link.safely('historicalData', onRow));
  }

  #onFault(id: number, code: number, text: string): void {
    if (this.#contracts.refused(id, code, text)) return;
    const question = this.#take(id);
    if (code === NO_DATA && /no data/i.test(text)) question?.resolve([]);
    else question?.reject(errorOf(code, text));
  }

  #onEnded(reason: LinkEnd): void {
    this.#isOpen = false;
    const error = new FeedError('HISTORY_UNREACHABLE', `ibkr: ${reason}`);
    for (const id of [...this.#questions.keys()]) this.#take(id)?.reject(error);
    for (const reject of [...this.#rejects]) reject(error);
  }

  #take(id: number): Question | undefined {
    const question = this.#questions.get(id);
    if (question !== undefined) clearTimeout(question.timer);
    this.#questions.delete(id);
    return question;
  }

  /** One that is answered in time, or rejected; at the end of the link too. */
  #promise<T>(what: string) {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const timer = setTimeout(() => reject(this.#unanswered(what)), this.#answerMs);
    this.#rejects.add(reject);
    const settled = promise.finally(() => {
      clearTimeout(timer);
      this.#rejects.delete(reject);
    });
    return { promise: settled, resolve, reject };
  }

  #unanswered(what: string): FeedError {
    const message = `ibkr: ${what} not answered within ${this.#answerMs} ms`;
    return new FeedError('HISTORY_UNREACHABLE', message);
  }
}

function notConnected(): FeedError {
  return new FeedError('HISTORY_UNREACHABLE', 'ibkr: not connected');
}

function errorOf(code: number, text: string): FeedError {
  const said = `ibkr ${code}: ${text.slice(0, 160)}`;
  if (code === 100 || (code === NO_DATA && /pacing/i.test(text))) {
    return new FeedError('HISTORY_RATE_LIMITED', said);
  }
  if (code === 200) return new FeedError('HISTORY_SYMBOL_UNKNOWN', said);
  if (code === 165 || code === 366) return new FeedError('HISTORY_UNREACHABLE', said);
  const isLogin = NOT_ENTITLED.has(code) || /permission/i.test(text);
  return new FeedError(isLogin ? 'HISTORY_LOGIN_REFUSED' : 'HISTORY_REFUSED', said);
}
