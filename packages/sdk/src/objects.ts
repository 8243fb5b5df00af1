/** A shallow copy without the keys; with the same prototype when asked. */
export function objectWithoutProperties<T extends object, K extends keyof T>(
  object: T,
  keys: readonly K[],
  preservePrototype?: boolean,
): Omit<T, K> {
  const copy: object = preservePrototype === true ? Object.create(Object.getPrototypeOf(object)) : {};
  Object.assign(copy, object);
  for (const key of Array.isArray(keys) ? keys : []) Reflect.deleteProperty(copy, key);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- copied above
  return copy as Omit<T, K>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
