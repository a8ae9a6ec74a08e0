import type { Outputs } from './trpc.ts';

export type InstrumentInfo = Outputs['instruments']['list'][number];
export type BarInfo = Outputs['bars']['recent'][number];
export type FillMark = Outputs['bars']['fills'][number];
export type TradeInfo = Outputs['trades']['list'][number];
export type OrderInfo = Outputs['orders']['working'][number];
export type ForeignOrderInfo = Outputs['orders']['foreign'][number];
export type IncidentInfo = Outputs['incidents']['open'][number];
export type SignalInfo = Outputs['signals']['recent'][number];
export type StrategyInfo = Outputs['strategies']['list'][number];
export type SwitchInfo = StrategyInfo['switches'][number];
export type ScoresInfo = Outputs['strategies']['scores'][number];
export type SettingInfo = Outputs['systemSettings']['list'][number];
export type CoverageInfo = Outputs['data']['coverage'];
export type GapInfo = Outputs['data']['gaps']['gaps'][number];
export type QualityInfo = Outputs['data']['quality'];
export type WatchlistInfo = Outputs['watchlists']['list'][number];
