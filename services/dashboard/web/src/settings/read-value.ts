import { InvalidInput, parseSettingValue, type SettingKey } from '@ballast/domain';

const NUMBER = /^-?\d+(\.\d+)?$/;

/** What was typed, or why it is none; nothing is wrong with an empty field yet. */
export function readValue(
  key: SettingKey,
  text: string,
): { readonly value: number | null; readonly fault: string | null } {
  const typed = text.trim();
  if (typed === '') return { value: null, fault: null };
  try {
    const value = parseSettingValue(key, NUMBER.test(typed) ? Number(typed) : typed);
    return { value, fault: null };
  } catch (error) {
    if (error instanceof InvalidInput) return { value: null, fault: error.message };
    throw error;
  }
}
