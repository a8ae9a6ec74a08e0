import type { Gate, InstrumentId, Signal, TradeDirection } from '@ballast/domain';
import type { EndedTrade } from './ended-trade.ts';

/** An entry that was not made, and why; as shown and stored. */
export type BlockedEntry = {
  readonly instrument: InstrumentId;
  readonly direction: TradeDirection;
  /** Epoch ms. */
  readonly decidedAt: number;
  readonly level: Signal['level'];
  readonly gate: Gate;
  readonly input: string;
  readonly threshold: string;
  /**
   * What its trade would have come to, alone on an account: as large as it would have been, entered
   * and left as the strategy does. Null where its size was what stood against it.
   */
  readonly counterfactual: Pick<EndedTrade, 'leftAt' | 'exit' | 'realised'> | null;
};
