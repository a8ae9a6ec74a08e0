import { type Bindings, type ChildLoggerOptions, pino, type Logger } from 'pino';
import { redact, redactUrls } from './redact.ts';

export type { Logger };

/**
 * JSON lines on standard error (standard output belongs to a command's result).
 * Every field and every child binding passes `redact`, every finished line `redactUrls`.
 */
export function createLogger(service: string, level = 'info'): Logger {
  const destination = pino.destination({ dest: 2, sync: true });
  // A closed pipe means that whoever read the log is gone: there is nobody left to tell.
  destination.on('error', () => {});
  const logger = pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: pino.stdTimeFunctions.isoTime,
      serializers: { err: (error: unknown) => redact(error) },
      formatters: {
        level: (label) => ({ level: label }),
        log: redactTop,
      },
    },
    { write: (line: string) => destination.write(redactUrls(line)) },
  );
  redactChildren(logger);
  return logger;
}

/** pino's own formatter for bindings is not applied to those of child loggers. */
function redactChildren(logger: Logger): void {
  const child = logger.child;
  Object.defineProperty(logger, 'child', {
    value(this: Logger, bindings: Bindings, options?: ChildLoggerOptions): Logger {
      return Reflect.apply(child, this, [redactTop(bindings), options]);
    },
  });
}

function redactTop(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => {
      const safe = redact({ [name]: value });
      return [name, typeof safe === 'object' && safe !== null ? Object.values(safe)[0] : safe];
    }),
  );
}
