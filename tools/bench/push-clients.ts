import { instrumentId } from '@ballast/domain';
import { benchSymbols } from './bench-instrument.ts';

/**
 * Child process of the push bench: as many clients of the dashboard as the last message says, each
 * showing a stretch of the universe; any other message asks what they have got.
 */
const [url = '', cookie = '', instruments = '', shown = ''] = process.argv.slice(2);
const ids = benchSymbols(Number(instruments)).map((symbol) =>
  instrumentId('bybit', 'linear', symbol),
);
const headers = { cookie, 'x-ballast-client': 'bench' };
const got = { bytes: 0, messages: 0 };
const clients: AbortController[] = [];

async function read(index: number, hangUp: AbortSignal): Promise<void> {
  const answer = await fetch(`${url}/trpc/live.all`, { headers, signal: hangUp });
  if (answer.status !== 200) throw new Error(`live.all gave ${answer.status}`);
  const decoder = new TextDecoder();
  let first = '';
  const body: AsyncIterable<Uint8Array> = answer.body ?? new ReadableStream<Uint8Array>();
  for await (const part of body) {
    got.bytes += part.byteLength;
    got.messages += 1;
    if (first === 'said') continue;
    first += decoder.decode(part, { stream: true });
    const stream = /"stream":"([^"]+)"/.exec(first)?.[1];
    if (stream === undefined) continue;
    first = 'said';
    void say(stream, index);
  }
}

async function say(stream: string, index: number): Promise<void> {
  const begin = (index * 7) % ids.length;
  const instruments = [...ids, ...ids].slice(begin, begin + Number(shown));
  const answer = await fetch(`${url}/trpc/live.show`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ stream, instruments }),
  });
  if (answer.status !== 200) throw new Error(`live.show gave ${answer.status}`);
}

process.on('message', (message: { clients?: number }) => {
  if (message.clients === undefined) {
    process.send?.({ ...got, open: clients.length });
    return;
  }
  for (const gone of clients.splice(message.clients)) gone.abort();
  while (clients.length < message.clients) {
    const hangUp = new AbortController();
    read(clients.push(hangUp), hangUp.signal).catch((error: unknown) => {
      if (!hangUp.signal.aborted) throw error;
    });
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.({ started: true });
