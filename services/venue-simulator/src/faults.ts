/** Faults that tests order through the control route; all off without it. */
export type Faults = {
  /** Order requests that are carried out and never answered: the connection breaks instead. */
  dropNextReply: number;
  /** Order requests that are neither carried out nor answered. */
  dropNextRequest: number;
  delayNextReply: { count: number; ms: number };
  rejectNext: { count: number; code: number };
  /** While set, no socket pushes data; pings are still answered. */
  muteStreams: boolean;
};

export function noFaults(): Faults {
  return {
    dropNextReply: 0,
    dropNextRequest: 0,
    delayNextReply: { count: 0, ms: 0 },
    rejectNext: { count: 0, code: 10_016 },
    muteStreams: false,
  };
}
