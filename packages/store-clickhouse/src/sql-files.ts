import { readdirSync, readFileSync } from 'node:fs';

// `sql` stands beside both src and dist.
const SQL_FOLDER = new URL('../sql/', import.meta.url);

/** As many as there are files. */
const queries = new Map<string, string>();

export function readQuery(name: string): string {
  const sql = queries.get(name) ?? readFileSync(new URL(`queries/${name}.sql`, SQL_FOLDER), 'utf8').trim();
  queries.set(name, sql);
  return sql;
}

export interface SchemaFile {
  readonly number: number;
  readonly name: string;
  /** For `renderSchema`. */
  readonly source: string;
}

/** By number, ascending. */
export function readSchemaFiles(): readonly SchemaFile[] {
  const folder = new URL('schema/', SQL_FOLDER);
  const names = readdirSync(folder).filter((name) => /^\d{3}-.+\.sql$/.test(name));
  return names.sort().map((name) => ({
    number: Number(name.slice(0, 3)),
    name: name.slice(4, -'.sql'.length),
    source: readFileSync(new URL(name, folder), 'utf8'),
  }));
}
