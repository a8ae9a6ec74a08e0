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
