import type { FuzzFinding, FuzzTally } from '@ballast/feeds/fuzz';
import { z } from 'zod';

export const fuzzOrder = z.object({
  seed: z.number(),
  seconds: z.number(),
  /** Folder of recorded frames; may be missing. */
  recorded: z.string(),
});
export type FuzzOrder = z.infer<typeof fuzzOrder>;

export type FuzzReport = {
  /** By target. */
  readonly tallies: Record<string, FuzzTally>;
  finding: FuzzFinding | null;
  /** Parsers that each target has had. */
  rounds: number;
  readonly isDone: boolean;
};
