import { z } from 'zod';

/** sysexits EX_CONFIG: a launcher must not restart a process that ends with it. */
const EXIT_CONFIGURATION = 78;
const SECRET_MIN_LENGTH = 32;

/** Pieces of values that documentation, samples and tutorials use as a secret. */
const KNOWN_DEFAULTS = [
  /(change|replace).?me/i,
  /your.?(secret|key|password)/i,
  /(secret|password){2}/i,
  /example|default|0123456789/i,
];

/** A random secret of 32 characters has far more different characters than this. */
const DISTINCT_CHARACTERS_MIN = 8;

/**
 * Reads the variables named by `shape` and checks them once, at start.
 * A fault ends the process with exit 78 after naming every faulty variable on standard error.
 * An empty variable counts as missing. The values themselves are never printed.
 */
export function loadConfig<T extends z.ZodRawShape>(
  shape: T,
  env: NodeJS.ProcessEnv = process.env,
): z.infer<z.ZodObject<T>> {
  const given = Object.fromEntries(
    Object.keys(shape).map((name) => [name, env[name] === '' ? undefined : env[name]]),
  );
  const result = z.object(shape).safeParse(given);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const name = String(issue.path[0]);
    const reason = given[name] === undefined ? 'is missing' : issue.message;
    process.stderr.write(`configuration: ${name}: ${reason}\n`);
  }
  process.exit(EXIT_CONFIGURATION);
}

/** A secret: at least 32 characters, and none of the values people forget to replace. */
export function secret(): z.ZodString {
  return z
    .string()
    .min(SECRET_MIN_LENGTH, `must have at least ${SECRET_MIN_LENGTH} characters`)
    .refine((value) => !isKnownDefault(value), 'is a known default value, not a secret');
}

/** An absolute URL with one of the given protocols, named without the colon: `url('redis')`. */
export function url(...protocols: string[]): z.ZodString {
  return z.string().refine(
    (value) => {
      const parsed = URL.parse(value);
      return parsed !== null && protocols.includes(parsed.protocol.slice(0, -1));
    },
    `must be a URL that starts with ${protocols.map((name) => `${name}://`).join(' or ')}`,
  );
}

/** A part of one as decimal text with at most six places, above zero and at most `max`. */
export function fraction(max: number): z.ZodString {
  return z
    .string()
    .regex(/^0\.\d{1,6}$/, 'must be a plain decimal like 0.0025')
    .refine(
      (text) => Number(text) > 0 && Number(text) <= max,
      `must be above 0 and at most ${max}`,
    );
}

function isKnownDefault(value: string): boolean {
  const known = KNOWN_DEFAULTS.some((pattern) => pattern.test(value));
  return known || new Set(value).size < DISTINCT_CHARACTERS_MIN;
}
