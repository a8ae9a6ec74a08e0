const isNumber = (text: string): boolean => text !== '' && Number.isFinite(Number(text));

/**
 * What somebody says that a limit of the gates be: a number where it reads as one, true and false,
 * else names of regimes or gates, a list by commas. Whether the limit takes it is not asked here.
 */
export function limitFromText(text: string): number | boolean | string[] {
  if (text === 'true' || text === 'false') return text === 'true';
  return isNumber(text) ? Number(text) : text.split(',').filter((name) => name !== '');
}
