export { alpacaBroker, type AlpacaOptions } from './alpaca/adapter.ts';
export type { Broker, BrokerStreamHandlers, OrderReference } from './broker.ts';
export { BrokerError, type BrokerErrorKind } from './broker-error.ts';
export { bybitBroker, type BybitOptions } from './bybit/adapter.ts';
export { ibkrBroker, type IbkrOptions } from './ibkr/adapter.ts';
