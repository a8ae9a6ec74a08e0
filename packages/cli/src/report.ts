import { EXIT, Failure } from './failure.ts';

/** What a command found: `ok` is what its exit status claims, `lines` is the same for people. */
export type Report = {
  readonly ok: boolean;
  readonly data: Readonly<Record<string, unknown>>;
  readonly lines: readonly string[];
};

/**
 * Runs a command and says its result: one JSON object on standard output with `json`, else its
 * lines. The exit status is 0 only when all it claims holds.
 */
export async function reportOn(json: boolean, command: () => Promise<Report>): Promise<void> {
  try {
    const report = await command();
    const object = { ok: report.ok, ...report.data };
    say(json ? JSON.stringify(object) : report.lines.join('\n'));
    process.exitCode = report.ok ? EXIT.ok : EXIT.failure;
  } catch (error) {
    const { code, message } = reasonOf(error);
    process.stderr.write(`${message}\n`);
    if (json) say(JSON.stringify({ ok: false, error: { code, message } }));
    process.exitCode = error instanceof Failure ? error.exitCode : EXIT.failure;
  }
}

/**
 * The one JSON object of a command that could not even begin; people were told on standard error.
 */
export function sayUsageError(message: string): void {
  say(JSON.stringify({ ok: false, error: { code: 'USAGE', message } }));
}

/**
 * The first reason code along the chain of causes, else the last cause's words: a driver wraps what
 * the system said in the text of its whole query.
 */
export function reasonOf(error: unknown): { code: string; message: string } {
  let message = String(error);
  for (let link = error; link instanceof Error; link = link.cause) {
    if ('code' in link && typeof link.code === 'string') {
      return { code: link.code, message: link.message || link.code };
    }
    message = link.message;
  }
  return { code: 'UNEXPECTED', message };
}

/**
 * Whoever reads may stop (`| head`), and what it is written to may be full. Then nothing was said,
 * which is no success; a reader that has left needs no reason.
 */
export function heedLostReader(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && stream === process.stdout) {
        process.stderr.write(`cannot write the answer: ${error.message}\n`);
      }
      process.exit(EXIT.failure);
    });
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** A whole number of things, with grouped thousands. */
export const countText = (count: number): string => count.toLocaleString('en-US');

export const timeText = (at: number): string => new Date(at).toISOString();
