export type LoggedRequest = {
  readonly method: string;
  /** Without its query. */
  readonly path: string;
  /** Empty where the request is about no single order. */
  readonly orderLinkId: string;
  /** Of a listing's later page; empty for the first. */
  readonly cursor: string;
  readonly at: number;
};

export type RequestLog = {
  /** Requests that passed the login, oldest first. */
  readonly requests: readonly LoggedRequest[];
  /** Adds to `requests`; the oldest go. */
  readonly remember: (request: LoggedRequest) => void;
};

const REQUESTS_MAX = 20_000;

export function createRequestLog(): RequestLog {
  const requests: LoggedRequest[] = [];
  return {
    requests,
    remember(request) {
      requests.push(request);
      if (requests.length > REQUESTS_MAX) requests.shift();
    },
  };
}
