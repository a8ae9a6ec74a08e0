import { openBus, putState } from '@ballast/bus';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { seedTrade } from './sample/trade-story.ts';

let fixture: Fixture;
let headers: Record<string, string>;
beforeAll(async () => {
  fixture = await startDashboard();
  headers = await fixture.login();
});
afterAll(() => fixture.stop());

type Sent = {
  id: string;
  data: { events?: { seq: number; type: string }[]; account?: object; stream?: string };
};

/** Reads messages of a stream until `enough` says so, then hangs up. */
async function listen(
  lastEventId: string | null,
  enough: (messages: Sent[]) => boolean,
): Promise<Sent[]> {
  const hangUp = new AbortController();
  const resume = lastEventId === null ? {} : { 'last-event-id': lastEventId };
  const answer = await fetch(`${fixture.url}/trpc/live.all`, {
    headers: { ...headers, ...resume },
    signal: hangUp.signal,
  });
  expect(answer.headers.get('content-type')).toContain('text/event-stream');
  const messages: Sent[] = [];
  let text = '';
  const decoder = new TextDecoder();
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const id = /^id: ?(.*)$/m.exec(block)?.[1];
      const data = /^data: ?(.*)$/m.exec(block)?.[1];
      if (id !== undefined && data !== undefined) messages.push({ id, data: JSON.parse(data) });
    }
    if (enough(messages)) break;
  }
  hangUp.abort();
  return messages;
}

const eventsOf = (messages: Sent[]) => messages.flatMap((message) => message.data.events ?? []);

test('a reader that comes back gets each missed event once, in order', async () => {
  const story = { symbol: 'BTCUSDT', status: 'open', minutesAgo: 1, direction: 'long' };
  await seedTrade(fixture.owner, Date.now(), { ...story, counter: 1 });
  const first = await listen('0', (all) => eventsOf(all).length >= 8);
  const seen = eventsOf(first);
  expect(seen[0]?.type).toBe('tradeOpened');
  const lastId = first.at(-1)?.id ?? '';
  expect(lastId).toBe(String(seen.at(-1)?.seq));

  await seedTrade(fixture.owner, Date.now(), { ...story, counter: 2, symbol: 'ETHUSDT' });
  const missed = eventsOf(await listen(lastId, (all) => eventsOf(all).length >= 8));
  const numbers = [...seen, ...missed].map((event) => event.seq);
  expect(numbers).toEqual(numbers.map((_, index) => index + (numbers[0] ?? 0)));
  expect(new Set(numbers).size).toBe(16);
});

test('what is stored while somebody listens is told at once', async () => {
  const story = { symbol: 'SOLUSDT', status: 'open', minutesAgo: 1, direction: 'long', counter: 3 };
  const storing: Promise<unknown>[] = [];
  const messages = await listen(null, (all) => {
    if (all.length > 0 && storing.length === 0)
      storing.push(seedTrade(fixture.owner, Date.now(), story));
    return eventsOf(all).length >= 8;
  });
  await Promise.all(storing);
  expect(eventsOf(messages).map((event) => event.type)).toContain('fillBooked');
});

test('no brake state and an unreadable portfolio are told as what they are', async () => {
  const bus = openBus(fixture.redis.urls['order-gateway'], 'test', fixture.log);
  await putState(bus, 'portfolio', { account: 'paper', asOf: 'yesterday' });
  await bus.close();
  const isAccount = ({ data }: Sent) => data.account !== undefined;
  const messages = await listen(null, (all) => all.some(isAccount));
  expect(messages.find(isAccount)?.data.account).toMatchObject({
    portfolio: null,
    feed: null,
    brake: { engaged: false },
    faults: ['portfolio cannot be read'],
  });
});

test('a client says what it shows by the name of its stream, and leaves nothing behind when it goes', async () => {
  const { market, streams } = fixture.dashboard.live;
  await expect.poll(() => market.listening()).toBe(0);
  const show = (stream: unknown) =>
    fixture.post('/trpc/live.show', { stream, instruments: [] }, headers);
  const said: Promise<Response>[] = [];
  let isAnswered = false;
  let stream: unknown;
  await listen(null, (all) => {
    stream ??= all.find(({ data }) => data.stream !== undefined)?.data.stream;
    if (stream !== undefined && said.length === 0) {
      expect([market.listening(), streams.size()]).toEqual([1, 1]);
      said.push(show(stream).finally(() => (isAnswered = true)));
    }
    return isAnswered && all.length >= 2;
  });
  expect((await Promise.all(said)).map(({ status }) => status)).toEqual([200]);
  await expect.poll(() => [market.listening(), streams.size()]).toEqual([0, 0]);
  expect((await show(stream)).status).toBe(404);
});
