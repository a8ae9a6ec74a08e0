import type { PortfolioPosition } from '@ballast/dashboard-server/api';
import { signOf } from '../format/number.ts';
import type { PlanLevels } from '../ticket/plan-fields.ts';

export type LineKind = 'entry' | 'stop' | 'target';
export type ChartLine = {
  readonly id: string;
  readonly kind: LineKind;
  readonly price: number;
  readonly title: string;
  /** Drawn dashed: what is planned, and not yet in the market. */
  readonly planned: boolean;
};

/** Levels of the open trade, solid, and of the ticket, dashed. */
export function chartLines(
  position: Pick<PortfolioPosition, 'entryPrice' | 'stop' | 'target'>,
  levels: PlanLevels | null,
): ChartLine[] {
  const held: [LineKind, string | null][] = [
    ['entry', position.entryPrice],
    ['stop', position.stop],
    ['target', position.target],
  ];
  const planned: [LineKind, string | null][] = [
    ['entry', levels?.entry ?? null],
    ['stop', levels?.stop ?? null],
  ];
  const targets = levels?.targets ?? [];
  return [
    ...held.flatMap(([kind, price]) => line(kind, price, kind, false)),
    ...planned.flatMap(([kind, price]) => line(kind, price, `plan ${kind}`, true)),
    ...targets.flatMap((price, index) => {
      const title = targets.length === 1 ? 'plan target' : `plan target ${index + 1}`;
      return line('target', price, title, true);
    }),
  ];
}

function line(kind: LineKind, price: string | null, title: string, planned: boolean): ChartLine[] {
  if (price === null || signOf(price.trim()) !== 1) return [];
  return [{ id: title, kind, price: Number(price), title, planned }];
}
