export * from './account.ts';
export * from './book.ts';
export * from './market-model.ts';
export * from './matcher.ts';
export * from './orders.ts';
export * from './prng.ts';
export * from './replay.ts';
export * from './tick-path.ts';
