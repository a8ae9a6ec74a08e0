/** FENCED: another gateway has taken the account; this one must end. */
export class JournalError extends Error {
  readonly code: 'FENCED' | 'QUEUE_FULL' | 'CLOSED';

  constructor(code: 'FENCED' | 'QUEUE_FULL' | 'CLOSED', message: string) {
    super(message);
    this.name = 'JournalError';
    this.code = code;
  }
}
