// Certificates and keys, all in PEM form.

/** What a listener shows, and whom it lets in. */
export interface ServerTls {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** Callers need a certificate of one of these authorities; null: they need none. */
  readonly clientCa: Buffer | null;
}

/** What a caller believes, and shows. */
export interface ClientTls {
  /** Null: the authorities that Node knows. */
  readonly ca: Buffer | null;
  readonly cert: Buffer | null;
  readonly key: Buffer | null;
  /** False believes anybody. */
  readonly isVerified: boolean;
  /** Expected in the far end's certificate in place of its host's name. */
  readonly serverName: string | null;
}
