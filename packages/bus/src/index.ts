export { aclLines, REDIS_USERS, type RedisUser } from './acl.ts';
export type { Reader } from './blocking-reader.ts';
export { commandStream, JOBS_PREFIX, SWEEPS_PREFIX } from './keys.ts';
export { type CommandEntry, consumeCommands } from './command-consumer.ts';
export { sendCommand, trimCommands } from './command-queue.ts';
export { type CommandContext, type CommandVerdict, verdictOn } from './command-verdict.ts';
export { type Bus, openBus } from './connection.ts';
export { beatOnBus } from './heartbeat.ts';
export { BusError, type BusErrorCode } from './errors.ts';
export { latestQuotes } from './latest-quotes.ts';
export {
  LOGIN_TICKET_MS,
  type LoginTicket,
  loginLink,
  mintLoginTicket,
  readLoginTicket,
} from './login-ticket.ts';
export { type Lease, openLease } from './lease.ts';
export { createMarketPublisher, type MarketPublisher, type Unwritten } from './market-publisher.ts';
export {
  type MarketGap,
  type RecentMarket,
  readMarket,
  recentMarket,
  recentMarketBars,
} from './market-reader.ts';
export { signPayload, verifySignature } from './signature.ts';
export {
  FEED_STATE,
  HEARTBEAT_SERVICES,
  OPTIONAL_SERVICES,
  putHeartbeat,
  putState,
  readHeartbeats,
  readState,
} from './state.ts';
