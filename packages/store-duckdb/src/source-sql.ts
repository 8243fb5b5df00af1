import { readQuery } from './sql-files.ts';

/** What stands for `{name}` in a query: prefixes, numbers and statements of our own, never a value from outside. */
export type Names = Readonly<Record<string, string | number>>;

/** A query over a source whose tables' prefix it does not know: `{source}.traces`. */
export function fillQuery(name: string, names: Names): string {
  return fillSql(readQuery(name), names);
}

export function fillSql(sql: string, names: Names): string {
  return sql.replaceAll(/\{(\w+)\}/g, (_hole, name: string) => {
    const text = names[name];
    if (text === undefined) throw new TypeError(`nothing is said to stand for {${name}}`);
    return String(text);
  });
}
