type Code = 'FENCED' | 'LAPSED' | 'QUEUE_FULL' | 'CLOSED' | 'TORN';

/**
 * FENCED: another gateway has taken the account; this one must end. LAPSED: the transaction took
 * longer than one of its commands lives; it is rolled back and done again without it. TORN: a
 * commit was carried out and its answer lost; only recovery knows what it promised.
 */
export class JournalError extends Error {
  readonly code: Code;

  constructor(code: Code, message: string) {
    super(message);
    this.name = 'JournalError';
    this.code = code;
  }
}
