import type { brakeStates } from '@ballast/db';
import {
  type BrakeInput,
  type BrakeReading,
  type BrakeRefusal,
  isReleased,
  type RiskFacts,
  stepBrake,
  storedBrake,
  toJson,
} from '@ballast/order-core';

/** A row of the brake without its account, which the writer knows. */
export type BrakeStateRow = Omit<(typeof brakeStates)['$inferInsert'], 'account'>;
type Note = (kind: string, tradeId: string | null, data: unknown) => void;

/** The brake as one transaction leaves it, with a row and an audit entry for each change. */
export class StagedBrake {
  readonly rows: BrakeStateRow[] = [];
  private reading: BrakeReading;
  private readonly newId: () => string;
  private readonly note: Note;

  constructor(reading: BrakeReading, newId: () => string, note: Note) {
    this.reading = reading;
    this.newId = newId;
    this.note = note;
  }

  get current(): BrakeReading {
    return this.reading;
  }

  /** Must every position go? An unreadable brake lets nothing in, and throws nothing out. */
  get flattens(): boolean {
    return this.reading.status === 'engaging' || this.reading.status === 'engaged';
  }

  /** What the pre-trade rule sees: the stricter of this state and what was `read` for it. */
  fact(read: RiskFacts['brake']): RiskFacts['brake'] {
    if (this.flattens) return 'engaged';
    return isReleased(this.reading) ? read : 'unreadable';
  }

  take(input: BrakeInput): BrakeRefusal | null {
    const { brake, event, refusal } = stepBrake(this.reading, input);
    if (event === null || brake.status === 'unreadable') return refusal;
    this.reading = brake;
    const stored = storedBrake(brake);
    this.rows.push({ id: this.newId(), at: input.at, ...stored });
    this.note(event, null, toJson(stored));
    return null;
  }
}
