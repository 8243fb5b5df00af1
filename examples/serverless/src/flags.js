import { parseArgs } from 'node:util';

export const HELP = `The serverless example: an API, two topics, a queue, a table and four functions, all on this machine, and visitors.

  --api-port N              where the API listens (default 0: a free port)
  --rate N                  visits a second (default 1)
  --seed N                  which visits, and which certificates (default 1)
  --certificate-errors X    share of bad certificates at the partner's, 0 to 1 (default 0.3)
  --data-dir PATH           keeps queue, topics and table (default: a folder that is removed at the end)
  --seconds N               stop after so long (default 0: run until stopped)
  --no-traffic              only start it
  --help

AWS_XRAY_DAEMON_ADDRESS says where segments go (default 127.0.0.1:2000).`;

const RATE_MAX = 50;

export class FlagError extends Error {
  name = 'FlagError';
}

/** @param {string[]} args @throws {FlagError} that says which flag is wrong */
export function readFlags(args) {
  const text = (fallback) => ({ type: 'string', default: fallback });
  const values = parse(args, {
    'api-port': text('0'),
    rate: text('1'),
    seed: text('1'),
    'certificate-errors': text('0.3'),
    'data-dir': { type: 'string' },
    seconds: text('0'),
    'no-traffic': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  return {
    apiPort: number('api-port', 65_535),
    rate: number('rate', RATE_MAX),
    seed: number('seed', Number.MAX_SAFE_INTEGER),
    certificateErrors: number('certificate-errors', 1),
    dataDir: values['data-dir'],
    seconds: number('seconds', Number.MAX_SAFE_INTEGER),
    hasTraffic: !values['no-traffic'] && number('rate', RATE_MAX) > 0,
    isHelp: values.help,
  };

  function number(name, most) {
    const value = Number(values[name] || 'missing');
    if (!(value >= 0 && value <= most)) throw new FlagError(`--${name} is a number from 0 to ${most}`);
    return value;
  }
}

function parse(args, options) {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new FlagError(error.message, { cause: error });
  }
}
