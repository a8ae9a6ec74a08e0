/** Exit codes of sysexits.h, as far as they are used. */
export const EXIT = {
  ok: 0,
  /** What was asked for does not hold. */
  failure: 1,
  usage: 64,
  /** The platform does not run here. */
  unavailable: 69,
} as const;

/** A reason to stop that is meant for the operator; `code` is stable. */
export class Failure extends Error {
  readonly code: string;
  readonly exitCode: number;

  constructor(code: string, message: string, exitCode: number = EXIT.failure) {
    super(message);
    this.name = 'Failure';
    this.code = code;
    this.exitCode = exitCode;
  }
}
