import { text } from 'node:stream/consumers';
import type { ReadStream } from 'node:tty';
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@ballast/domain';
import { EXIT, Failure } from './failure.ts';

/**
 * The new password: typed twice without echo at a terminal, else the first line of standard input.
 * Prompts go to standard error. @throws Failure PASSWORD_LENGTH, PASSWORDS_DIFFER, INTERRUPTED
 */
export async function readNewPassword(): Promise<string> {
  if (!process.stdin.isTTY) return checked((await text(process.stdin)).split(/\r?\n/, 1)[0] ?? '');
  const first = checked(await promptHidden(process.stdin, 'New password: '));
  const second = await promptHidden(process.stdin, 'Again: ');
  if (first !== second)
    throw new Failure('PASSWORDS_DIFFER', 'the two passwords differ', EXIT.usage);
  return first;
}

export function checked(password: string): string {
  const { length } = password;
  if (length >= PASSWORD_LENGTH_MIN && length <= PASSWORD_LENGTH_MAX) return password;
  const limits = `${PASSWORD_LENGTH_MIN} to ${PASSWORD_LENGTH_MAX} characters`;
  throw new Failure('PASSWORD_LENGTH', `the password must have ${limits}`, EXIT.usage);
}

async function promptHidden(terminal: ReadStream, prompt: string): Promise<string> {
  // Before the prompt: what is typed at once must not be echoed either.
  terminal.setEncoding('utf8').setRawMode(true).resume();
  process.stderr.write(prompt);
  try {
    return await readLine(terminal);
  } finally {
    terminal.setRawMode(false).pause();
    process.stderr.write('\n');
  }
}

function readLine(terminal: ReadStream): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let line: string[] = [];
  function onData(chunk: string): void {
    for (const key of chunk) {
      if (key === '\r' || key === '\n' || key === '\u0004') return resolve(line.join(''));
      if (key === '\u0003') return reject(new Failure('INTERRUPTED', 'interrupted'));
      if (key === '\u007F' || key === '\b') line = line.slice(0, -1);
      else line.push(key);
    }
  }
  terminal.on('data', onData);
  return promise.finally(() => terminal.off('data', onData));
}
