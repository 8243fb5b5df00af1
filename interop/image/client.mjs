import { createSocket } from 'node:dgram';

// Runs in a container's network: `http METHOD PATH OPTIONS` or `udp TEXT`. Prints JSON.
const [kind, ...words] = process.argv.slice(2);
process.stdout.write(JSON.stringify(kind === 'udp' ? await sendDatagram(words[0]) : await request(...words)));

function sendDatagram(text) {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.send(text, 2000, '127.0.0.1', (error, bytes) => {
      socket.close();
      if (error === null) resolve({ bytes });
      else reject(error);
    });
  });
}

async function request(method, path, options) {
  const { body, headers } = JSON.parse(options);
  const response = await fetch(`http://127.0.0.1:2000${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, text: await response.text() };
}
