export { regimeParameters, type RegimeParameters } from './parameters.ts';
export * from './regime-history.ts';
export { REGIME_VERSION, regimeModel, type RegimeModel } from './regime-model.ts';
