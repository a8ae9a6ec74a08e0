export * from './average-true-range.ts';
export * from './exponential-average.ts';
export * from './indicator.ts';
export * from './relative-strength.ts';
export * from './rolling-statistics.ts';
