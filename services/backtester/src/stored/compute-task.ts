/** What a thread is asked to do; one after the other. */
export type ComputeTask =
  | {
      readonly kind: 'run' | 'judge' | 'walk-forward';
      readonly id: string;
      readonly startedAt: number;
    }
  | { readonly kind: 'combination'; readonly sweepId: string; readonly index: number };

/**
 * `stored` false: what it was for does not run any more. `isItsOwn`: whoever tries it meets the
 * same; all else is the weather. `away`: the database was, and nothing is known of the task.
 */
export type ComputeOutcome = Settled | { readonly kind: 'away'; readonly message: string };

export type Settled =
  | { readonly kind: 'ended'; readonly stored: boolean }
  | {
      readonly kind: 'failed';
      readonly code: string;
      readonly message: string;
      readonly isItsOwn: boolean;
    };

export type FromThread =
  | ComputeOutcome
  | { readonly kind: 'progress'; readonly done: number; readonly total: number };

export type ThreadData = { readonly databaseUrl: string; readonly memoryMb: number };
