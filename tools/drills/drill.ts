/** What a drill prints: its claims hold only with `ok`. */
export type DrillResult = { readonly ok: boolean } & Readonly<Record<string, unknown>>;

/** Options of all drills, as they were given. */
export type DrillOptions = {
  readonly short: boolean;
  readonly drawdown: boolean;
  readonly instrument?: string | undefined;
  readonly rate?: string | undefined;
  readonly only?: string | undefined;
  readonly minutes?: string | undefined;
  readonly instruments?: string | undefined;
};

export type Drill = (options: DrillOptions, say: (line: string) => void) => Promise<DrillResult>;

/** What was given cannot be used. */
export class DrillUsage extends Error {}

/** @param none what stands for an option that is not given. @throws DrillUsage */
export function wholeNumber(
  name: string,
  text: string | undefined,
  { none, max }: { readonly none: number; readonly max: number },
): number {
  const value = text === undefined ? none : Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new DrillUsage(`${name} ${text}: must be a whole number from 1 to ${max}`);
}

/** One claim after the other, each by name: true, or false with what was seen instead. */
export class Claims {
  readonly held: Record<string, boolean> = {};
  readonly failures: string[] = [];
  readonly #say: (line: string) => void;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  claim(name: string, holds: boolean, seen: unknown = ''): void {
    this.held[name] = holds;
    this.#say(`${holds ? 'holds' : 'FAILS'}  ${name}`);
    if (!holds) this.failures.push(`${name}: ${JSON.stringify(seen)}`);
  }

  /** Something was claimed, and all of it holds. */
  get ok(): boolean {
    return this.failures.length === 0 && Object.keys(this.held).length > 0;
  }
}
