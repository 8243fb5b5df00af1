import { generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

const KEY_BITS = 2048;
const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Makes a certificate authority, and for a host one good certificate and those that break in each of the usual ways.
 * @param {string} host
 */
export function makeCertificates(host) {
  const authority = makeCertificate({ name: 'Example Root CA', keys: makeKeys(), isAuthority: true });
  const signedBy = authority;
  const keys = makeKeys();
  return {
    authority: authority.cert,
    good: makeCertificate({ name: host, keys, signedBy }),
    bad: [
      makeCertificate({ name: host, keys, signedBy, endsInDays: -1 }),
      makeCertificate({ name: 'elsewhere.example', keys, signedBy }),
      makeCertificate({ name: host, keys }),
    ],
  };
}

function makeKeys() {
  const pem = generateKeyPairSync('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const { pki } = forge;
  return { pem: pem.privateKey, own: pki.privateKeyFromPem(pem.privateKey), open: pki.publicKeyFromPem(pem.publicKey) };
}

/** In PEM, with its key; signed by itself unless another is given. */
function makeCertificate({ name, keys, signedBy, isAuthority = false, endsInDays = 30 }) {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.open;
  certificate.serialNumber = `00${randomBytes(8).toString('hex')}`;
  certificate.validity.notBefore = new Date(Date.now() - 30 * DAY_MS);
  certificate.validity.notAfter = new Date(Date.now() + endsInDays * DAY_MS);
  const subject = [{ name: 'commonName', value: name }];
  certificate.setSubject(subject);
  certificate.setIssuer(signedBy?.subject ?? subject);
  certificate.setExtensions(
    isAuthority
      ? [{ name: 'basicConstraints', cA: true, critical: true }]
      : [{ name: 'subjectAltName', altNames: [{ type: 2, value: name }] }],
  );
  certificate.sign((signedBy?.keys ?? keys).own, forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(certificate), key: keys.pem, keys, subject };
}
