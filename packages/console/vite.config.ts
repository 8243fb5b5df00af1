import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  plugins: [react()],
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  // The server replaces the placeholder in index.html by a fresh nonce in every response.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    target: 'es2023',
    outDir: 'dist',
    // A data: URL would need an opening in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // What several pages use is one file, instead of a few dozen small ones to ask for.
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'shared', minShareCount: 3 }] } } },
    chunkSizeWarningLimit: 2000,
  },
});
