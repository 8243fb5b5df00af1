import { readdirSync, readFileSync } from 'node:fs';

// `sql` stands beside both src and dist.
const SQL_FOLDER = new URL('../sql/', import.meta.url);

/** As many as there are files. */
const queries = new Map<string, string>();

export function readQuery(name: string): string {
  const sql = queries.get(name) ?? readFileSync(new URL(`queries/${name}.sql`, SQL_FOLDER), 'utf8');
  queries.set(name, sql);
  return sql;
}

/** Tables that are made anew each time; `readSchemaFiles` gives those that are kept from version to version. */
export function readSchema(name: string): string {
  return readFileSync(new URL(`schema/${name}.sql`, SQL_FOLDER), 'utf8');
}

export interface SchemaFile {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/** By number, ascending. */
export function readSchemaFiles(): readonly SchemaFile[] {
  const folder = new URL('schema/', SQL_FOLDER);
  const names = readdirSync(folder).filter((name) => /^\d{3}-.+\.sql$/.test(name));
  return names.sort().map((name) => ({
    number: Number(name.slice(0, 3)),
    name: name.slice(4, -'.sql'.length),
    sql: readFileSync(new URL(name, folder), 'utf8'),
  }));
}
