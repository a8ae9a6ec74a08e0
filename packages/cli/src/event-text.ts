import { z } from 'zod';

const verdicts = z.array(
  z.object({
    rule: z.string(),
    outcome: z.enum(['pass', 'deny']),
    input: z.string(),
    limit: z.string(),
  }),
);

/**
 * An event as one line for people: twenty-nine verdicts in full would fill their screen, and the
 * sign that marks a stored amount is not theirs.
 */
export function eventText(data: unknown): string {
  return JSON.stringify(data, (key, value: unknown) => {
    if (typeof value === 'string' && value.startsWith('#')) return value.slice(1);
    const given = key === 'verdicts' ? verdicts.safeParse(value).data : undefined;
    if (given === undefined) return value;
    const denied = given.filter(({ outcome }) => outcome === 'deny');
    return [
      `${given.length - denied.length} passed`,
      ...denied.map(({ rule, input, limit }) => `${rule}: ${input}, limit ${limit}`),
    ];
  });
}
