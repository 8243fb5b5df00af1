/** Values of one statement; each `add` gives the text that stands for the value. No value ever becomes SQL text. */
export interface Parameters {
  readonly values: Record<string, unknown>;
  add(value: unknown, type: string): string;
}

export function createParameters(): Parameters {
  const values: Record<string, unknown> = {};
  let count = 0;
  return {
    values,
    add(value, type) {
      const name = `p${(count += 1)}`;
      values[name] = value;
      return `{${name}:${type}}`;
    },
  };
}
