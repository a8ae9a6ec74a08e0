import type { History, Route } from '@ballast/feeds';
import type { AskedSource } from '../coverage/gap-look.ts';

/** Where bars of an instrument can be asked for. */
export type KeptBars = { readonly route: Route; readonly history: History };

/** What its answers say of the market. */
export function askedSource({ route, history }: KeptBars): AskedSource {
  return { source: history.source, hearsAll: history.hearsAll(route) };
}

/** By id; null where nobody keeps any, or the instrument is not followed. */
export type HistoryOf = (instrument: string) => KeptBars | null;
