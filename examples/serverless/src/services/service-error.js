/** What a service of AWS refuses, with the code that its clients know. */
export class ServiceError extends Error {
  name = 'ServiceError';

  /** @param {string} code @param {string} message @param {number} status of HTTP */
  constructor(code, message, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }
}
