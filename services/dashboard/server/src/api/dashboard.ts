import type { Database, EntryQuestion, StoredRiskFacts } from '@ballast/db';
import type { InstrumentId, TradingMode } from '@ballast/domain';
import type { CommandDesk } from '../commands/command-desk.ts';
import type { LiveSources } from '../live/live-stream.ts';
import type { Sessions } from '../session/sessions.ts';
import type { SessionView } from '../session/view.ts';
import type { ListingBoard } from '../universe/listing-board.ts';

/** What the procedures work with. The database role can only read; the desk can only ask. */
export type Dashboard = {
  readonly db: Database;
  readonly account: string;
  readonly mode: TradingMode;
  readonly now: () => number;
  /** The stored part of what the pre-trade rules look at. */
  readonly riskFacts: (
    instrument: InstrumentId,
    question: Omit<EntryQuestion, 'instruments'>,
  ) => Promise<StoredRiskFacts>;
  readonly live: LiveSources;
  readonly listings: ListingBoard;
  readonly desk: CommandDesk;
  readonly sessions: Sessions;
  readonly sessionView: (session: {
    operator: string;
    method: SessionView['method'];
  }) => Promise<SessionView>;
};
