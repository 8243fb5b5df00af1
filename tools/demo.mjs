import { ensureBuilt } from './set-up.mjs';

// `npm run demo -- FLAGS`: server, shop and traffic together.
ensureBuilt();
process.argv = [process.argv[0] ?? 'node', 'fluoroscope', 'demo', '--with-server', ...process.argv.slice(2)];
await import(new URL('../packages/cli/dist/main.js', import.meta.url).href);
