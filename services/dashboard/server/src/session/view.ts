import type { TradingMode } from '@ballast/domain';
import type { PriceSource } from '../config.ts';
import type { LoginMethod } from './sessions.ts';

/** What the web needs to know before it draws anything. */
export type SessionView = {
  readonly operator: string;
  readonly method: LoginMethod;
  readonly account: string;
  readonly mode: TradingMode;
  readonly priceSource: PriceSource;
  /** False on the first run: the web then offers to choose one. Null while it cannot be read. */
  readonly passwordSet: boolean | null;
  /** Epoch ms by the server's clock. */
  readonly now: number;
};
