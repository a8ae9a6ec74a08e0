export type TimelineKind =
  | 'signal'
  | 'command'
  | 'refusal'
  | 'decision'
  | 'order'
  | 'broker-call'
  | 'fill'
  | 'status'
  | 'incident'
  | 'audit';

export type Tone = 'neutral' | 'good' | 'bad' | 'warn';

/** One line of a trade's story. `data` is the stored row behind it, as JSON with decimal text. */
export type TimelineRow = {
  readonly id: string;
  readonly at: number;
  readonly kind: TimelineKind;
  readonly tone: Tone;
  readonly text: string;
  readonly data?: unknown;
};
