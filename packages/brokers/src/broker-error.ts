/**
 * What the caller has to do, not what went wrong. `notSent`: surely did not reach the venue's order
 * book, may be tried again; `rejected`: the venue's final no; `unknownOutcome`: it may have been
 * executed, ask before anything else.
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
