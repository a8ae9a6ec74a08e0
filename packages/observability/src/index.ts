export { fraction, loadConfig, secret, url } from './config.ts';
export { createLogger, type Logger } from './logger.ts';
export { createMetrics, type Metrics } from './metrics.ts';
export { startHeartbeat, type Failing, type Heartbeat } from './heartbeat.ts';
export { runService, type ServiceContext } from './run-service.ts';
