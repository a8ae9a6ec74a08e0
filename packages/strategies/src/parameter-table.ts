import { z } from 'zod';
import type { Strategy } from './model.ts';

/** A parameter of a strategy as data: what it is, what it may be, and what it is unless given. */
export type ParameterRow = {
  readonly name: string;
  readonly meaning: string;
  readonly byDefault: number | boolean;
  /** Null where it is a yes or no. */
  readonly range: { readonly min: number; readonly max: number; readonly whole: boolean } | null;
};

const properties = z.record(
  z.string(),
  z.union([
    z.object({
      type: z.enum(['integer', 'number']),
      ...{ description: z.string(), default: z.number() },
      ...{ minimum: z.number(), maximum: z.number() },
    }),
    z.object({ type: z.literal('boolean'), description: z.string(), default: z.boolean() }),
  ]),
);

/** In the order in which they are declared. */
export function parametersOf(strategy: Strategy): ParameterRow[] {
  const schema = z.toJSONSchema(strategy.parameters, { io: 'input' });
  return Object.entries(properties.parse(schema.properties)).map(([name, property]) => ({
    name,
    meaning: property.description,
    byDefault: property.default,
    range:
      property.type === 'boolean'
        ? null
        : {
            ...{ min: property.minimum, max: property.maximum },
            whole: property.type === 'integer',
          },
  }));
}
