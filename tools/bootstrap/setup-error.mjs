/** A set-up problem that is meant for the operator: shown without a stack. */
export class SetupError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}
