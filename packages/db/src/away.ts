/**
 * What Postgres says as it ends a session or begins none: a lost connection, a shutdown, a crash,
 * a start, a session that was idle for too long, and too many of them.
 */
const OF_SESSION = /^(08...|57P0[1235]|25P03|53300)$/;
const OF_SOCKET = /^(ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|E(HOST|NET)UNREACH|EAI_AGAIN)$/;
/**
 * The driver gives these no code. The last is said of a rollback on a connection that was lost, and
 * all that is heard then of the loss.
 */
const OF_DRIVER = [
  'Connection terminated',
  'timeout exceeded when trying to connect',
  'timeout expired',
  'Client has encountered a connection error',
];

/**
 * Whether the database was not there, and not what it was asked is at fault: the same may well be
 * answered later. A statement that took too long is not of these.
 * @returns what its driver said, without the query; null for all else
 */
export function awayReason(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const code: unknown = Reflect.get(error, 'code');
  const isAway =
    typeof code === 'string'
      ? OF_SESSION.test(code) || OF_SOCKET.test(code)
      : OF_DRIVER.some((words) => error.message.startsWith(words));
  if (!isAway) return awayReason(error.cause);
  // Of several addresses that were tried the whole has no text.
  return error.message === '' ? String(code) : error.message;
}
