import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { trpc } from '../api/trpc.ts';
import { planOf, type PlanFields } from './plan-fields.ts';

const DEBOUNCE_MS = 250;
/** The market moves under a plan: it is judged again this often while it is looked at. */
const REFRESH_MS = 1_000;

/** What is asked of the server: sound fields and what they risk in money. */
export type PlanQuestion = { readonly fields: PlanFields; readonly amount: string };

/**
 * The quantity that follows from the risk, and the rules' verdicts on the plan with it. Null
 * question: nothing sound is typed. The caller keeps the same object for the same question.
 */
export function usePlan(instrument: string, asked: PlanQuestion | null) {
  const [question] = useDebouncedValue(asked, DEBOUNCE_MS);
  const sizing = useQuery({
    ...trpc.trades.size.queryOptions(
      question === null ? skipToken : sizingOf(instrument, question),
    ),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const quantity = sizing.data?.quantity ?? null;
  const plan =
    question === null || quantity === null ? null : planOf(instrument, question.fields, quantity);
  const preview = useQuery({
    ...trpc.trades.preview.queryOptions(plan === null ? skipToken : { plan }),
    placeholderData: keepPreviousData,
  });
  // Judged right after it was sized: at another moment's price the loss would not be the risk.
  const { refetch } = preview;
  const sizedAt = plan === null ? null : sizing.dataUpdatedAt;
  useEffect(() => {
    if (sizedAt !== null) void refetch();
  }, [sizedAt, refetch]);
  return {
    plan,
    preview: plan === null ? null : (preview.data ?? null),
    /** What is shown belongs to what is typed, and not to a moment ago. */
    isCurrent:
      plan !== null &&
      question === asked &&
      !sizing.isPlaceholderData &&
      !preview.isPlaceholderData &&
      !preview.isError,
    error: sizing.error ?? preview.error,
  };
}

function sizingOf(instrument: string, { fields, amount }: PlanQuestion) {
  const limit = fields.entryType === 'limit' ? { entryPrice: fields.entryPrice.trim() } : {};
  return {
    instrument,
    direction: fields.direction,
    stop: fields.stop.trim(),
    riskAmount: amount,
    ...limit,
  };
}
