/**
 * What an account holds at the prices shown last, to some digits of a float64, in its currency.
 * Read between two trades, and kept true by who adds one.
 */
export class Standing {
  readonly equity: number;
  trades = 0;
  /** Notional of all that is held or on its way. */
  bound = 0;
  readonly #sectors = new Map<string | null, number>();

  constructor(equity: number) {
    this.equity = equity;
  }

  /** Of one sector; instruments of none count as one. */
  inSector(sector: string | null): number {
    return this.#sectors.get(sector) ?? 0;
  }

  add(notional: number, sector: string | null): void {
    this.trades += 1;
    this.bound += notional;
    this.#sectors.set(sector, this.inSector(sector) + notional);
  }
}
