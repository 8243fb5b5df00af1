/** A subsegment's `sql`: what was asked of which database. */
export class SqlData {
  database_version?: string;
  driver_version?: string;
  /** `statement` or `call`. */
  preparation?: string;
  url?: string;
  user?: string;
  database_type?: string;
  sanitized_query?: string;

  constructor(databaseVersion?: string, driverVersion?: string, user?: string, url?: string, queryType?: string) {
    if (databaseVersion) this.database_version = databaseVersion;
    if (driverVersion) this.driver_version = driverVersion;
    if (queryType) this.preparation = queryType;
    if (url !== undefined) this.url = url;
    if (user !== undefined) this.user = user;
  }
}
