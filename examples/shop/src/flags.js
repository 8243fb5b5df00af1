import { parseArgs } from 'node:util';

export const HELP = `The example shop: six services traced with AWS's X-Ray SDK, and visitors.

  --frontend-port N       where visitors knock (default 0: a free port)
  --rate N                requests a second (default 8)
  --seed N                which visits are made, in which order (default 1)
  --seconds N             stop after so long (default 0: run until stopped)
  --recommender-url URL   use a recommender that runs elsewhere
  --no-traffic            only start the shop
  --help

AWS_XRAY_DAEMON_ADDRESS says where segments go (default 127.0.0.1:2000).`;

const RATE_MAX = 200;

export class FlagError extends Error {
  name = 'FlagError';
}

/** @param {string[]} args @throws {FlagError} that says which flag is wrong */
export function readFlags(args) {
  const text = (fallback) => ({ type: 'string', default: fallback });
  const values = parse(args, {
    'frontend-port': text('0'),
    rate: text('8'),
    seed: text('1'),
    seconds: text('0'),
    'recommender-url': { type: 'string' },
    'no-traffic': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  });
  const url = values['recommender-url'];
  if (url !== undefined && !URL.canParse(url)) throw new FlagError(`--recommender-url is not a URL: ${url}`);
  return {
    frontendPort: number('frontend-port', 65_535),
    rate: number('rate', RATE_MAX),
    seed: number('seed', Number.MAX_SAFE_INTEGER),
    seconds: number('seconds', Number.MAX_SAFE_INTEGER),
    recommenderUrl: url,
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
