const NAME = /^[A-Za-z0-9][A-Za-z0-9 _-]{0,31}$/;

export const isListName = (name: string): boolean => NAME.test(name);

/**
 * The list that a new one of this name would replace, or be refused for: names differ by more than
 * their case. Null without any.
 */
export function listOfName(lists: readonly string[], name: string): string | null {
  const wanted = name.toLowerCase();
  return lists.find((one) => one.toLowerCase() === wanted) ?? null;
}
