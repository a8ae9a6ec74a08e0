import { Tag, type TagTone } from './Tag.tsx';

const TONES: Record<string, TagTone> = {
  planned: 'info',
  entering: 'info',
  open: 'good',
  working: 'good',
  partiallyFilled: 'good',
  filled: 'good',
  closing: 'info',
  closed: 'neutral',
  cancelled: 'neutral',
  expired: 'neutral',
  cancelling: 'info',
  submitting: 'info',
  denied: 'bad',
  rejected: 'bad',
  unknown: 'warn',
  unattributed: 'bad',
  carried: 'warn',
  settled: 'neutral',
};

/** The state of a trade or an order in the platform's own word. */
export function StatusTag({ status }: { status: string }) {
  return <Tag tone={TONES[status] ?? 'neutral'}>{status}</Tag>;
}
