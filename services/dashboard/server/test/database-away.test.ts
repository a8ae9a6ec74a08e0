import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Fixture, startDashboard } from './dashboard.fixture.ts';
import { seedTrade } from './sample/trade-story.ts';

let fixture: Fixture;
beforeAll(async () => {
  fixture = await startDashboard();
});
afterAll(() => fixture.stop());

const STORY = { symbol: 'BTCUSDT', status: 'open', minutesAgo: 1, direction: 'long', counter: 1 };

/** The database answers so until what this returns is called. */
function answering(value: () => Promise<never>): () => void {
  const { pool } = fixture.dashboard.db;
  Object.defineProperty(pool, 'query', { configurable: true, value });
  return () => void Reflect.deleteProperty(pool, 'query');
}

/** What a stream says, as one text, until `isEnough` says so; it hangs up then. */
async function heard(
  headers: Record<string, string>,
  isEnough: (text: string) => boolean | Promise<boolean>,
): Promise<string> {
  const hangUp = new AbortController();
  const { signal } = hangUp;
  const answer = await fetch(`${fixture.url}/trpc/live.all`, { headers, signal });
  const decoder = new TextDecoder();
  let text = '';
  for await (const part of answer.body ?? []) {
    text += decoder.decode(part, { stream: true });
    if (await isEnough(text)) break;
  }
  hangUp.abort();
  return text;
}

test.for([
  ['is away', 'unknown', () => Promise.reject(new Error('connect ECONNREFUSED'))],
  ['hangs', '0', () => new Promise<never>(() => undefined)],
] as const)(
  'a page opened while the database %s is let in and told what Redis tells',
  async (how) => {
    const [, lastEventId, answer] = how;
    onTestFinished(answering(answer));
    const headers = await fixture.login();
    const session = await fetch(`${fixture.url}/api/session`, { headers });
    expect(session.status).toBe(200);
    expect(await session.json()).toMatchObject({ mode: 'paper', passwordSet: null });
    const resume = { ...headers, 'last-event-id': lastEventId };
    const text = await heard(resume, (so) => so.includes('"topic":"account"'));
    expect(text).toContain('"snapshot":true');
    expect(text).toContain(`id: ${lastEventId}\n`);
    expect(text).toContain('brake cannot be read');
  },
);

test('a stream that began without the database tells the events once it is back', async () => {
  const headers = await fixture.login();
  const comesBack = answering(() => Promise.reject(new Error('connect ECONNREFUSED')));
  onTestFinished(comesBack);
  await seedTrade(fixture.owner, Date.now(), STORY);
  const text = await heard({ ...headers, 'last-event-id': '0' }, (so) => {
    if (so.includes('"topic":"account"')) comesBack();
    return so.includes('"topic":"trades"');
  });
  expect(text).toContain('tradeOpened');
});
