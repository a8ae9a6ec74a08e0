import type {
  ChangeRefusal,
  Command,
  CommandRefusal,
  Fill,
  InstrumentId,
  Money,
  PositionRefusal,
  TradeId,
} from '@ballast/domain';
import type { BrakeInput, BrakeRefusal, TradeInput } from '@ballast/order-core';

/** Why a command that passed every check still did nothing. */
export type CommandRefusalCode =
  | CommandRefusal
  | ChangeRefusal
  | BrakeRefusal['code']
  | PositionRefusal
  | 'INSTRUMENT_UNKNOWN';

/**
 * One thing to be made durable. Everything the gateway ever stores goes through the journal as one
 * of these.
 */
export type Work =
  | {
      readonly type: 'command';
      readonly entryId: string;
      readonly command: Command;
      readonly at: number;
      /** It had expired when it was read; it may still be a second copy of one that was taken. */
      readonly expired: boolean;
    }
  | {
      readonly type: 'refusal';
      readonly producer: string;
      readonly entryId: string;
      readonly commandId: string | null;
      readonly code: CommandRefusalCode;
      readonly detail: string;
      readonly at: number;
    }
  | {
      readonly type: 'input';
      readonly tradeId: TradeId;
      readonly input: TradeInput;
      /** Outbox row that this answers. */
      readonly outboxId?: string;
      readonly channel?: FillChannel;
    }
  /** An execution of an order that Ballast did not make. */
  | {
      readonly type: 'foreignFill';
      readonly fill: Fill;
      readonly channel: FillChannel;
      readonly at: number;
    }
  | { readonly type: 'brake'; readonly input: BrakeInput }
  | { readonly type: 'audit'; readonly row: AuditRow }
  /** Promises of an earlier process: its answers will not come any more. */
  | { readonly type: 'closeOutbox'; readonly ids: readonly string[]; readonly at: number }
  | { readonly type: 'openIncident'; readonly incident: NewIncident }
  | {
      readonly type: 'resolveIncident';
      readonly id: string;
      readonly resolution: string;
      readonly at: number;
    }
  | {
      readonly type: 'snapshot';
      readonly at: number;
      readonly equity: Money;
      readonly available: Money;
    }
  /** The page was given to its receiver, or was not: then with the reason. */
  | {
      readonly type: 'paged';
      readonly id: string;
      readonly at: number;
      readonly error: string | null;
    }
  | { readonly type: 'oddities'; readonly rows: readonly VenueOddity[] };

/** What a venue sent and nobody could read, by kind; `raw` is the newest of it. */
export type VenueOddity = {
  readonly venue: string;
  readonly code: string;
  readonly detail: string;
  readonly raw: string | null;
  readonly count: number;
  readonly at: number;
};

export type FillChannel = 'stream' | 'sweep' | 'query';

export type AuditRow = {
  readonly at: number;
  readonly kind: string;
  readonly callId: string | null;
  readonly tradeId: string | null;
  readonly data: unknown;
};

export type NewIncident = {
  readonly kind: string;
  /** Null: it is about the whole account. */
  readonly instrument: InstrumentId | null;
  readonly tradeId: TradeId | null;
  readonly detail: string;
  readonly evidence: unknown;
  readonly at: number;
};
