import { type Bus, consumeCommands, trimCommands } from '@ballast/bus';
import { PRODUCERS } from '@ballast/domain';
import type { Logger } from '@ballast/observability';
import type { Journal } from '../journal/journal.ts';
import { intake, type IntakeContext } from './intake.ts';

/** Commands that stay on a producer's stream after they were taken: transport, not history. */
const KEPT = 10_000;
const TRIM_EVERY_MS = 60_000;

/**
 * Takes commands from every producer's stream. An entry is acknowledged once what became of it,
 * a trade or a refusal, is durable.
 */
export function serveCommands(parts: {
  bus: Bus;
  redisUrl: string;
  context: IntakeContext;
  journal: Journal;
  count: (kind: string) => void;
  onFail: (error: Error) => void;
  log: Logger;
}): { stop(): Promise<void> } {
  const { bus, redisUrl, context, journal, count, onFail, log } = parts;
  const reader = consumeCommands(redisUrl, {
    group: 'order-gateway',
    consumer: context.account,
    producers: PRODUCERS,
    log,
    onFail,
    async onBatch(entries) {
      const works = entries.flatMap((entry) => intake(entry, context) ?? []);
      for (const work of works) {
        count(work.type === 'refusal' ? `refused ${work.code}` : 'command');
      }
      await Promise.all(works.map((work) => journal.write(work)));
    },
  });
  const trimming = setInterval(() => {
    for (const producer of PRODUCERS) {
      trimCommands(bus, producer, KEPT).catch((error: unknown) => {
        log.warn({ err: error, producer }, 'command stream not trimmed');
      });
    }
  }, TRIM_EVERY_MS);
  return {
    async stop() {
      clearInterval(trimming);
      await reader.stop();
    },
  };
}
