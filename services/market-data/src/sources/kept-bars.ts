import type { History, Route } from '@ballast/feeds';

/** Where bars of an instrument can be asked for. */
export type KeptBars = { readonly route: Route; readonly history: History };

/** By id; null where nobody keeps any, or the instrument is not followed. */
export type HistoryOf = (instrument: string) => KeptBars | null;
