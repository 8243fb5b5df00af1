import type { ListenTls } from '../otlp/sender.ts';

type TellCa = (update: { readonly caCertificate: Buffer } | null) => void;
type TellIdentity = (update: { readonly certificate: Buffer; readonly privateKey: Buffer } | null) => void;

/** Certificates that can be renewed under an open port, as the library asks for them. */
export interface Certificates {
  /** Callers must show a certificate. It stays as it was at first. */
  readonly hasClientCa: boolean;
  readonly renew: (tls: ListenTls) => void;
  readonly addCaCertificateListener: (listener: TellCa) => void;
  readonly removeCaCertificateListener: (listener: TellCa) => void;
  readonly addIdentityCertificateListener: (listener: TellIdentity) => void;
  readonly removeIdentityCertificateListener: (listener: TellIdentity) => void;
}

export function createCertificates(first: ListenTls): Certificates {
  let current = first;
  const caListeners = new Set<TellCa>();
  const identityListeners = new Set<TellIdentity>();

  function tellCa(listener: TellCa): void {
    const { clientCa = null } = current;
    listener(clientCa === null ? null : { caCertificate: Buffer.from(clientCa) });
  }

  function tellIdentity(listener: TellIdentity): void {
    listener({ certificate: Buffer.from(current.cert), privateKey: Buffer.from(current.key) });
  }

  return {
    hasClientCa: (first.clientCa ?? null) !== null,
    renew(tls) {
      current = tls;
      for (const listener of caListeners) tellCa(listener);
      for (const listener of identityListeners) tellIdentity(listener);
    },
    addCaCertificateListener(listener) {
      caListeners.add(listener);
      queueMicrotask(() => tellCa(listener));
    },
    removeCaCertificateListener: (listener) => void caListeners.delete(listener),
    addIdentityCertificateListener(listener) {
      identityListeners.add(listener);
      // Not before the library has joined the listener to its server, which it does behind this call.
      queueMicrotask(() => tellIdentity(listener));
    },
    removeIdentityCertificateListener: (listener) => void identityListeners.delete(listener),
  };
}
