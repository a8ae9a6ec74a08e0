import { scalarText } from './json.ts';
import type { Client } from './sockets.ts';

/** Most topics in one request, as on the venue. */
const ARGS_MAX = 500;

/**
 * Carries out subscribe and unsubscribe. Either all topics of a request are taken or none.
 * Returns the topics that are new to the client.
 */
export function changeTopics(
  client: Client,
  message: Readonly<Record<string, unknown>>,
  isKnown: (topic: string) => boolean,
  count: (code: string) => void,
): readonly string[] {
  const { op, args, req_id: requestId } = message;
  const reply = (success: boolean, words: string): void =>
    client.reply({
      success,
      ret_msg: words,
      conn_id: client.id,
      req_id: typeof requestId === 'string' ? requestId : '',
      op,
    });
  const topics = Array.isArray(args) ? args.map(scalarText) : [];
  if (topics.length === 0 || topics.length > ARGS_MAX) {
    count('topicsMissing');
    reply(false, `args: 1 to ${ARGS_MAX} topics`);
    return [];
  }
  const unknown = topics.find((topic) => !isKnown(topic));
  if (unknown !== undefined) {
    count('unknownTopic');
    reply(false, `error:handler not found,topic:${unknown.slice(0, 80)}`);
    return [];
  }
  if (op === 'unsubscribe') {
    for (const topic of topics) client.topics.delete(topic);
    reply(true, '');
    return [];
  }
  const fresh = topics.filter((topic) => !client.topics.has(topic));
  for (const topic of fresh) client.topics.add(topic);
  reply(true, '');
  return fresh;
}
