import type { Venue } from '../venue.ts';
import { type AccountView, accountView } from './account-view.ts';
import type { Contracts } from './contracts.ts';
import type { Desk } from './desk.ts';
import type { ExecutionRecord } from './executions.ts';
import type { TwsOptions } from './options.ts';
import type { Session } from './session.ts';

const PAST_ACCOUNTS_MAX = 1_000;

/** What all parts of this front end share. */
export type Tws = {
  readonly options: TwsOptions;
  readonly account: string;
  readonly venue: Venue;
  readonly contracts: Contracts;
  readonly desk: Desk;
  readonly sessions: Set<Session>;
  /** As told, oldest first; a correction is an entry of its own. */
  readonly executions: ExecutionRecord[];
  /** The account after each change, oldest first; for listings that are behind. */
  readonly pastAccounts: AccountView[];
};

/** The connection of a client; a client id has one at most. */
export function sessionOf(tws: Tws, clientId: number): Session | undefined {
  for (const session of tws.sessions) if (session.clientId === clientId) return session;
  return undefined;
}

/** Keeps the account as it stands, for listings that are behind. */
export function rememberAccount(tws: Tws, now: number): AccountView {
  const view = accountView(tws.venue, now);
  tws.pastAccounts.push(view);
  if (tws.pastAccounts.length > PAST_ACCOUNTS_MAX) tws.pastAccounts.shift();
  return view;
}
