/**
 * Why live and replay may differ without either being wrong. `dataCorrection`: a bar was known
 * later than the decision; `latency`: live saw the quote of its moment; `fill`: the size is that of
 * the price it filled at; `notRunning`: no strategy-worker is known to have heard the bar;
 * `notKept`: what the gate looked at is not stored.
 */
export type Cause = {
  readonly code: 'dataCorrection' | 'latency' | 'fill' | 'notRunning' | 'notKept';
  readonly detail: string;
};
