/** A record with one value for each of the names. */
export function byName<Name extends string>(
  names: readonly Name[],
  value: (name: Name) => string,
): Record<Name, string> {
  // The checker cannot see that every name is met.
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, string>;
}
