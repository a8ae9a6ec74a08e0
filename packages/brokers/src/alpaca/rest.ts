import { trading } from '@alpacahq/alpaca-trade-api/rest';
import { BrokerError } from '../broker-error.ts';
import { createRateBudget, type Urgency } from '../rate-budget.ts';
import { errorOfThrown } from './errors.ts';

/** The SDK's own default is 30 s. Below the order core's SUBMIT_ANSWER_MS. */
const ANSWER_MS = 7_000;

/** The venue takes 200 requests in a minute, of whatever kind. */
const LIMIT = { requests: 190, windowMs: 60_000, reserved: 50 };

export type Rest = {
  /** Sends when the venue's limit allows it. @throws BrokerError notSent RATE_BUDGET */
  paced<T>(urgency: Urgency, call: () => Promise<T>): Promise<T>;
  readonly orders: trading.OrdersApi;
  readonly positions: trading.PositionsApi;
  readonly accounts: trading.AccountsApi;
  readonly activities: trading.AccountActivitiesApi;
};

/**
 * Each call is sent at once and once: no limiter of the SDK, whose queue would burn the time-out
 * and then fail like a lost request, and no retry. Redirects are errors in this SDK.
 */
export function openRest(options: { key: string; secret: string; baseUrl: string }): Rest {
  const configuration = new trading.Configuration({
    basePath: options.baseUrl.replace(/\/+$/, ''),
    keyId: options.key,
    secret: options.secret,
    timeoutMs: ANSWER_MS,
  });
  const budget = createRateBudget(LIMIT);
  return {
    async paced(urgency, call) {
      await budget.take(urgency);
      return call();
    },
    orders: new trading.OrdersApi(configuration),
    positions: new trading.PositionsApi(configuration),
    accounts: new trading.AccountsApi(configuration),
    activities: new trading.AccountActivitiesApi(configuration),
  };
}

/**
 * The JSON of an answer as the venue wrote it: the SDK's models would make dates of times and
 * leave fields out.
 * @throws BrokerError whatever the SDK does with a failure
 */
export async function answered(call: Promise<{ raw: Response }>): Promise<unknown> {
  try {
    const { raw } = await call;
    const answer: unknown = await raw.json();
    return answer;
  } catch (error) {
    throw errorOfThrown(error);
  }
}

/** Awaits an answer that has no content. @throws BrokerError */
export async function done(call: Promise<{ value(): Promise<void> }>): Promise<void> {
  try {
    const answer = await call;
    await answer.value();
  } catch (error) {
    throw errorOfThrown(error);
  }
}

/** For a question asked before a request: it failed, so the request was not sent. */
export function beforeSending(error: unknown): BrokerError {
  const { kind, code, message } = errorOfThrown(error);
  return new BrokerError(kind === 'rejected' ? kind : 'notSent', code, message);
}

/** For a question about a request that has left: whatever became of it, the request may live. */
export function afterSending(error: unknown): BrokerError {
  const { code, message } = errorOfThrown(error);
  return new BrokerError('unknownOutcome', code, message);
}
