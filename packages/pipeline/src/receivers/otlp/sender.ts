/** Who sends, as far as the connection tells. */
export interface Sender {
  /** IP address; empty when the socket is gone already. */
  readonly address: string;
  /** Of a header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
}

export type Admission = 'admitted' | Refused;

/** `throttled`: too many requests of this sender; it may come again. */
export type Refused = 'unauthenticated' | 'forbidden' | 'throttled';

/** Asked before a body is looked at. */
export type Admit = (sender: Sender) => Admission;

export interface ListenTls {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Callers need a certificate of one of these authorities; none or null: they need none. */
  readonly clientCa?: string | Buffer | null;
}

/** An open listener; closing lets requests that are being answered finish. */
export interface SpanListener extends AsyncDisposable {
  readonly host: string;
  /** The one bound, also when 0 was asked for. */
  readonly port: number;
  /** From now on new connections see these; nothing for a plain one. */
  readonly renewTls: (tls: ListenTls) => void;
}

export interface SpanListenOptions {
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls?: ListenTls | null;
  readonly admit: Admit;
  /** Asked of each call before its message is read: after how many seconds it may come again; null lets it in, as all are when left out. */
  readonly turnAway?: () => number | null;
}
