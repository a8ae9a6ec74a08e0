export * from './mean-reversion.ts';
export * from './momentum.ts';
export * from './strategy-run.ts';
export * from './strategy.ts';
