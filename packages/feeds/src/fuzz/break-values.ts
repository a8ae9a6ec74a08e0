import type { Random } from './random.ts';

/** JSON texts that stand where something else is expected. */
const ODD = [
  'null',
  'true',
  '0',
  '-0',
  '-1',
  '1e400',
  '-1e400',
  '1e-400',
  '9007199254740993',
  '123456789012345678901234567890.5',
  `${'9'.repeat(400)}`,
  '1.7976931348623157e308',
  '""',
  '" "',
  '"0"',
  '"-1"',
  '"1e5"',
  '"1."',
  '".5"',
  '"+1"',
  '"0x10"',
  '"NaN"',
  '"Infinity"',
  '"1,5"',
  '"1\\t2"',
  '"1\\n2"',
  '"\\u0000"',
  '"\\ud800"',
  '"\\u0661"',
  '"__proto__"',
  '"toString"',
  '"constructor"',
  '"#1"',
  `"${'1'.repeat(500)}"`,
  '"0.0000000000000000001"',
  '"delta"',
  '"snapshot"',
  '[]',
  '[[]]',
  '{}',
  '[null]',
  '{"__proto__":{"s":"x"}}',
  '{"toString":1}',
  '{"toJSON":1,"length":5}',
] as const;
const DEEP = 20_000;
const HOLE = '\u0001hole\u0001';

/**
 * Puts another value, or none, or one twice, into a JSON frame; null when the frame is no JSON
 * object.
 */
export function breakValues(frame: Buffer, random: Random): Buffer | null {
  let content: unknown;
  try {
    content = JSON.parse(frame.toString('utf8'));
  } catch {
    return null;
  }
  let text = '';
  for (let count = 1 + random.below(2); count > 0; count -= 1) {
    const holder = pickHolder(content, random);
    if (holder === null) return null;
    const keys = Object.keys(holder);
    const key = keys[random.below(keys.length)];
    if (key === undefined) return null;
    const kept: unknown = Reflect.get(holder, key);
    Reflect.set(holder, key, HOLE);
    text = fill(JSON.stringify(content), kept, random);
    Reflect.set(holder, key, kept);
    // What nests too deeply can be parsed, and not be written again.
    if (text.length < DEEP) content = parsed(text) ?? content;
  }
  return Buffer.from(text);
}

function fill(text: string, kept: unknown, random: Random): string {
  const hole = JSON.stringify(HOLE);
  const odd = random.pick(ODD);
  const way = random.below(1_000);
  if (way === 0) return text.replace(hole, () => '['.repeat(DEEP) + ']'.repeat(DEEP));
  if (way < 100) return text.replace(new RegExp(`"[^"]*":${hole},?`), '');
  if (way < 150) return text.replace(hole, () => `${odd},"p":${odd}`);
  if (way < 350 && typeof kept === 'string') return text.replace(hole, () => String(kept));
  if (way < 500 && typeof kept === 'number') {
    return text.replace(hole, () => String(kept + random.pick([-1, 1, 60_000, -1e12, 1e12, 0.5])));
  }
  return text.replace(hole, () => odd);
}

/** An object or a list somewhere in `content` that is not empty. */
function pickHolder(content: unknown, random: Random): object | null {
  let holder = typeof content === 'object' ? content : null;
  while (holder !== null) {
    const inner: object[] = Object.values(holder).filter(
      (value: unknown): value is object =>
        typeof value === 'object' && value !== null && Object.keys(value).length > 0,
    );
    const next = inner[random.below(inner.length)];
    if (next === undefined || random.below(4) === 0) break;
    holder = next;
  }
  return holder;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
