import { constants } from 'node:crypto';
import { once } from 'node:events';
import https from 'node:https';
import tls from 'node:tls';
import { makeCertificates } from './certificates.js';

const HOST = 'geo.example';
const COUNTRIES = ['AT', 'CH', 'DE', 'FR', 'IT', 'NL'];

/**
 * The partner's service, which says where a visitor is from. At a share of connections it shows a certificate that is expired, for
 * another host, or signed by nobody.
 * @param {{ errorShare: number, random: () => number }} options
 */
export async function startGeo({ errorShare, random }) {
  const { authority, good, bad } = makeCertificates(HOST);
  const contexts = [good, ...bad].map(({ cert, key }) => tls.createSecureContext({ cert, key }));

  function pickContext() {
    return random() < errorShare ? contexts[1 + Math.floor(random() * bad.length)] : contexts[0];
  }

  const options = {
    key: good.key,
    cert: good.cert,
    // A session that is resumed shows no certificate.
    maxVersion: 'TLSv1.2',
    secureOptions: constants.SSL_OP_NO_TICKET,
    SNICallback: (_host, callback) => callback(null, pickContext()),
  };
  const server = https.createServer(options, (request, response) => {
    const visitor = new URL(request.url, 'https://geo').searchParams.get('visitor') ?? '';
    const country = COUNTRIES[visitor.length % COUNTRIES.length];
    response.writeHead(200, { 'content-type': 'application/json', connection: 'close' });
    response.end(JSON.stringify({ country }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `https://${HOST}:${server.address().port}`,
    authority,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
