import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, skipToken, useQuery } from '@tanstack/react-query';
import { client } from '../api/trpc.ts';
import { liveStore } from '../live/live-store.ts';
import { entryLevel, type PlanFields } from './plan-fields.ts';
import { planOf } from './plan-of.ts';

const DEBOUNCE_MS = 250;
/** The market moves under a plan: it is judged again this often while it is looked at. */
const REFRESH_MS = 1_000;

/** What is asked of the server: sound fields and what they risk in money. */
export type PlanQuestion = { readonly fields: PlanFields; readonly amount: string };

/**
 * The quantity that follows from the risk, and the rules' verdicts on the plan with it: one pair,
 * made right after each other, so that a new price never tears them apart on the page. Null
 * question: nothing sound is typed. The caller keeps the same object for the same question.
 */
export function usePlan(instrument: string, asked: PlanQuestion | null) {
  const [question] = useDebouncedValue(asked, DEBOUNCE_MS);
  const judged = useQuery({
    queryKey: ['plan', instrument, question],
    queryFn: question === null ? skipToken : () => judge(instrument, question),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const { plan = null, preview = null } = (question === null ? null : judged.data) ?? {};
  return {
    plan,
    preview,
    /** What is shown belongs to what is typed, and not to a moment ago. */
    isCurrent: plan !== null && question === asked && !judged.isPlaceholderData && !judged.isError,
    error: judged.error,
  };
}

async function judge(instrument: string, question: PlanQuestion) {
  const { quantity } = await client.trades.size.query(sizingOf(instrument, question));
  if (quantity === null) return { plan: null, preview: null };
  const plan = planOf(instrument, question.fields, quantity, liveStore.serverNow());
  return { plan, preview: await client.trades.previewCommand.query({ plan }) };
}

function sizingOf(instrument: string, { fields, amount }: PlanQuestion) {
  const entryPrice = entryLevel(fields);
  return {
    instrument,
    direction: fields.direction,
    stop: fields.stop.trim(),
    riskAmount: amount,
    ...(entryPrice === null ? {} : { entryPrice }),
  };
}
