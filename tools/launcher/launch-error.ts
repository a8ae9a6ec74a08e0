/** Exit codes of sysexits.h, as far as the launcher uses them. */
export const EXIT = {
  failure: 1,
  usage: 64,
  unavailable: 69,
  alreadyRunning: 75,
  configuration: 78,
} as const;

/** A reason to stop that is meant for the operator: shown without a stack. */
export class LaunchError extends Error {
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failure, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LaunchError';
    this.exitCode = exitCode;
  }
}
