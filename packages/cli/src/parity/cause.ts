/**
 * Why live and replay may differ without either being wrong. `dataCorrection`: by the bars as they
 * were known then the replay decides as live did; `latency`: live saw the quote of its moment, or
 * the parameters of just before or after; `fill`: what the market gave, or the size by it;
 * `notRunning`: no strategy-worker is known to have heard the bar; `notKept`: what live looked at
 * is not stored.
 */
export type Cause = {
  readonly code: 'dataCorrection' | 'latency' | 'fill' | 'notRunning' | 'notKept';
  readonly detail: string;
};
