import type { StrategyParameters } from '@ballast/domain';
import { z } from 'zod';

/**
 * The schema of a strategy's parameters, by its name. Of a strategy without one only the shape is
 * known to be right: names with numbers, words and truth values, as the wire has checked.
 */
export type ParameterSchemas = Readonly<Record<string, z.ZodType>>;

export function parametersFault(
  strategy: string,
  parameters: StrategyParameters,
  schemas: ParameterSchemas,
): { readonly code: 'PARAMETERS_INVALID'; readonly detail: string } | null {
  const read = schemas[strategy]?.safeParse(parameters);
  if (read === undefined || read.success) return null;
  return { code: 'PARAMETERS_INVALID', detail: `${strategy}: ${z.prettifyError(read.error)}` };
}
