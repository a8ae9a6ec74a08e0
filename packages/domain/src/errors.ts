/** Input from outside that cannot be used; `code` is stable and safe to count and to show. */
export class InvalidInput extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'InvalidInput';
    this.code = code;
  }
}

/**
 * A state that must not exist. Never caught to go on: the process stops and the operator is told.
 */
export class BrokenInvariant extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BrokenInvariant';
  }
}

export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new BrokenInvariant(message);
}
