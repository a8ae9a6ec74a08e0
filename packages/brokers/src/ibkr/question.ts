import type { BrokerError } from '../broker-error.ts';
import { unclear } from './errors.ts';

/** Questions of one kind that wait for their turn. */
const WAITING_MAX = 64;
const ROWS_MAX = 100_000;

/** What was told, and whether something in it could not be read. */
export type Listed<Row> = { readonly rows: Row[]; readonly hasHole: boolean };

export type Question<Row> = {
  /** One after the other: most answers of the venue do not say which question they belong to. */
  ask(send: () => void): Promise<Listed<Row>>;
  row(row: Row): void;
  /** A row that cannot be read. */
  hole(): void;
  end(): void;
  refuse(error: BrokerError): void;
  readonly asked: boolean;
  /** No answer comes any more, to none. */
  stop(error: BrokerError): void;
};

export type Asking = {
  /** Resolves when the venue may be sent one more message. @throws BrokerError */
  turnToSend(): Promise<void>;
  /** A listing that is not complete by then never will be. */
  readonly answerMs: number;
  /** Called with the name when that happens. */
  onUnanswered(name: string): void;
};

type Pending<Row> = {
  readonly rows: Row[];
  hasHole: boolean;
  readonly timer: NodeJS.Timeout;
  resolve(listed: Listed<Row>): void;
  reject(error: BrokerError): void;
};

/** One kind of listing: rows, then a mark that it is complete. */
export function question<Row>(
  name: string,
  { turnToSend, answerMs, onUnanswered }: Asking,
): Question<Row> {
  let pending: Pending<Row> | null = null;
  let stopped: BrokerError | null = null;
  let waiting = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const take = (): Pending<Row> | null => {
    const taken = pending;
    if (taken !== null) clearTimeout(taken.timer);
    pending = null;
    return taken;
  };

  async function askNow(send: () => void): Promise<Listed<Row>> {
    await turnToSend();
    if (stopped !== null) throw stopped;
    const { promise, resolve, reject } = Promise.withResolvers<Listed<Row>>();
    const timer = setTimeout(() => {
      take()?.reject(unclear('NO_ANSWER', `${name} not answered within ${answerMs} ms`));
      onUnanswered(name);
    }, answerMs);
    pending = { rows: [], hasHole: false, timer, resolve, reject };
    send();
    return promise;
  }

  return {
    get asked() {
      return pending !== null;
    },
    async ask(send) {
      if (waiting >= WAITING_MAX) throw unclear('TOO_MANY_QUESTIONS', `${name}: too many waiting`);
      waiting += 1;
      const answer = turn.then(() => askNow(send)).finally(() => (waiting -= 1));
      turn = answer.catch(() => undefined);
      return answer;
    },
    row(row) {
      pending?.rows.push(row);
      if ((pending?.rows.length ?? 0) <= ROWS_MAX) return;
      take()?.reject(unclear('LISTING_ENDLESS', `${name}: over ${ROWS_MAX} rows`));
      onUnanswered(name);
    },
    hole() {
      if (pending !== null) pending.hasHole = true;
    },
    end() {
      const taken = take();
      taken?.resolve({ rows: taken.rows, hasHole: taken.hasHole });
    },
    refuse: (error) => take()?.reject(error),
    stop(error) {
      stopped = error;
      take()?.reject(error);
    },
  };
}
