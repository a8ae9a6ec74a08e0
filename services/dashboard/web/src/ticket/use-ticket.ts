import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { InstrumentInfo } from '../api/shapes.ts';
import { trpc } from '../api/trpc.ts';
import { mintId } from '../commands/use-command-id.ts';
import { liveStore } from '../live/live-store.ts';
import { fieldFaults, planOf, type PlanFields, riskAmount } from './plan-fields.ts';
import { prefillLevels, suggestRisk } from './prefill.ts';

const DEBOUNCE_MS = 250;
/** The market moves under a plan: it is judged again this often while it is looked at. */
const REFRESH_MS = 2_000;
const HISTORY_BARS = 120;

const EMPTY: PlanFields = {
  direction: 'long',
  entryType: 'market',
  entryPrice: '',
  stop: '',
  target: '',
  riskUnit: 'money',
  risk: '',
};

const mintIds = () => ({ commandId: mintId(), tradeId: mintId() });

/** The ticket's state: what is typed, the quantity that follows from it and what the rules say. */
export function useTicket(instrument: InstrumentInfo, equity: string | null) {
  const [fields, setFields] = useState(EMPTY);
  const [ids, setIds] = useState(mintIds);
  const history = useQuery(
    trpc.bars.recent.queryOptions({ instrument: instrument.id, limit: HISTORY_BARS }),
  );

  function change(part: Partial<PlanFields>): void {
    setFields((before) => ({ ...before, ...part }));
  }

  /** Levels from the recent range around the present price; keeps the risk once it was typed. */
  function prefill(direction: PlanFields['direction'], keepRisk: boolean): void {
    const last = liveStore.quote(instrument.id)?.last ?? history.data?.at(-1)?.close;
    if (last === undefined) return;
    const levels = prefillLevels(Number(last), direction, history.data ?? [], instrument.tickSize);
    setFields((before) => ({
      ...before,
      direction,
      ...levels,
      entryPrice: last,
      ...(keepRisk || equity === null
        ? {}
        : {
            riskUnit: 'money' as const,
            risk: suggestRisk(Number(last), Number(levels.stop), Number(equity)),
          }),
    }));
  }

  const needsPrefill = fields.stop === '' && history.isSuccess && equity !== null;
  useEffect(() => {
    if (needsPrefill) prefill(fields.direction, false);
  });

  const faults = fieldFaults(fields, instrument.tickSize);
  const isSound = Object.keys(faults).length === 0;
  const amount = riskAmount(fields, equity);
  const [settled] = useDebouncedValue(
    isSound && amount !== null ? JSON.stringify({ fields, amount }) : null,
    DEBOUNCE_MS,
  );
  const question: { fields: PlanFields; amount: string } | null =
    settled === null ? null : JSON.parse(settled);
  const sizing = useQuery({
    ...trpc.trades.size.queryOptions(
      question === null
        ? skipToken
        : {
            instrument: instrument.id,
            direction: question.fields.direction,
            stop: question.fields.stop.trim(),
            riskAmount: question.amount,
            ...(question.fields.entryType === 'limit'
              ? { entryPrice: question.fields.entryPrice.trim() }
              : {}),
          },
    ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const quantity = question === null ? null : (sizing.data?.quantity ?? null);
  const plan =
    question === null || quantity === null
      ? null
      : planOf(instrument.id, question.fields, quantity);
  const preview = useQuery({
    ...trpc.trades.preview.queryOptions(plan === null ? skipToken : { plan }),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });

  return {
    fields,
    change,
    prefill,
    faults: fields.stop === '' ? {} : faults,
    ids,
    /** A new ticket: the next order is another order. */
    renew: () => setIds(mintIds()),
    amount,
    plan,
    preview: plan === null ? null : (preview.data ?? null),
    /** What is shown belongs to what is typed, and not to a moment ago. */
    isCurrent:
      question !== null &&
      settled === (isSound && amount !== null ? JSON.stringify({ fields, amount }) : null) &&
      !preview.isPlaceholderData &&
      !sizing.isPlaceholderData,
    error: sizing.error ?? preview.error,
  };
}

export type Ticket = ReturnType<typeof useTicket>;
