import { ensureBuilt } from './set-up.mjs';

// `npm start -- FLAGS`: sets up what is missing, then becomes `fluoroscope serve FLAGS`.
ensureBuilt();
process.argv = [process.argv[0] ?? 'node', 'fluoroscope', 'serve', ...process.argv.slice(2)];
await import(new URL('../packages/cli/dist/main.js', import.meta.url).href);
