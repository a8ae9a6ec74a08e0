import { useMemo, useState } from 'react';
import type { BarInfo, InstrumentInfo } from '../api/shapes.ts';
import { mintId } from '../commands/use-command-id.ts';
import { liveStore } from '../live/live-store.ts';
import { fieldFaults } from './field-faults.ts';
import { EMPTY_FIELDS, type PlanFields, riskAmount } from './plan-fields.ts';
import { prefillLevels, rangeText, suggestRisk } from './prefill.ts';
import { usePlan } from './use-plan.ts';

const mintIds = () => ({ commandId: mintId(), tradeId: mintId() });

/**
 * Fields with the equity they were typed at: a share of it must not drift while the plan is read.
 */
type Typed = { readonly fields: PlanFields; readonly equity: string };

/** The ticket's state: what is typed, the quantity that follows from it and what the rules say. */
export function useTicket(instrument: InstrumentInfo, bars: readonly BarInfo[], equity: string) {
  /** Levels from the recent range around the present price. */
  function prefilled(before: PlanFields, keepRisk: boolean): PlanFields {
    const last = liveStore.quote(instrument.id)?.last ?? bars.at(-1)?.close;
    if (last === undefined) return before;
    const { tickSize } = instrument;
    const levels = prefillLevels(Number(last), before.direction, bars, tickSize);
    const { stop, ladder, distance: trailAmount, trigger: triggerPrice } = levels;
    const [first, second, third] = ladder;
    const target = before.exitStyle === 'scaled' ? first : levels.target;
    const exits = { stop, target, target2: second, target3: third, trailAmount };
    const atr = rangeText(bars, tickSize);
    const entryPrice = before.entryType === 'stopLimit' ? triggerPrice : last;
    const fields = { ...before, ...exits, atr, entryPrice, triggerPrice };
    if (keepRisk) return fields;
    const risk = suggestRisk(Number(last), Number(levels.stop), Number(equity));
    return { ...fields, riskUnit: 'money', risk };
  }

  const [typed, setTyped] = useState<Typed>(() => {
    return { fields: prefilled(EMPTY_FIELDS, false), equity };
  });
  const [ids, setIds] = useState(mintIds);
  const { fields } = typed;
  const faults = fieldFaults(fields, instrument.tickSize);
  const amount = riskAmount(fields, typed.equity);
  const isSound = Object.keys(faults).length === 0;
  const asked = useMemo(
    () => (isSound && amount !== null ? { fields, amount } : null),
    [isSound, fields, amount],
  );

  return {
    ...usePlan(instrument.id, asked),
    fields,
    faults,
    amount,
    ids,
    change: (part: Partial<PlanFields>) => setTyped({ fields: { ...fields, ...part }, equity }),
    /** The risk that was typed stays when only the direction turns. */
    turn: (direction: PlanFields['direction']) =>
      setTyped({ fields: prefilled({ ...fields, direction }, true), equity }),
    /** Another kind of entry has other prices; a stop-limit's limit begins at its trigger. */
    enterBy(entryType: PlanFields['entryType']) {
      const { entryPrice, triggerPrice } = prefilled({ ...fields, entryType }, true);
      setTyped({ fields: { ...fields, entryType, entryPrice, triggerPrice }, equity });
    },
    /** Another way out has its own levels: the first target of several is nearer. */
    exitBy(exitStyle: PlanFields['exitStyle']) {
      const levels = prefilled({ ...fields, exitStyle }, true);
      const { target, target2, target3, trailAmount } = levels;
      const exits = { exitStyle, target, target2, target3, trailAmount };
      setTyped({ fields: { ...fields, ...exits }, equity });
    },
    prefill: () => setTyped({ fields: prefilled(fields, false), equity }),
    /** A new ticket: the next order is another order. */
    renew: () => setIds(mintIds()),
  };
}

export type Ticket = ReturnType<typeof useTicket>;
