/**
 * What became of the request; what to do about it is the caller's to decide. `notSent`: it surely
 * did not reach the venue's order book; `rejected`: the venue's final no; `unknownOutcome`: it may
 * have been executed.
 */
export type BrokerErrorKind = 'notSent' | 'rejected' | 'unknownOutcome';

/** The only error a Broker rejects with. Carries no request, header, key or signature. */
export class BrokerError extends Error {
  readonly kind: BrokerErrorKind;
  readonly code: string;

  constructor(kind: BrokerErrorKind, code: string, message: string) {
    super(message);
    this.name = 'BrokerError';
    this.kind = kind;
    this.code = code;
  }
}
