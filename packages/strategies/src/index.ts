export * from './gates/index.ts';
export * from './model.ts';
export * from './numeric-bar.ts';
export * from './regime/index.ts';
export { type ParameterRow, parametersOf } from './parameter-table.ts';
export * from './registry.ts';
export * from './sma-cross/sma-cross.ts';
export * from './strategy-run.ts';
export { forgottenWholly } from './warm-up.ts';
