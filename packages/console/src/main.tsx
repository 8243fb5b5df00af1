import '@mantine/core/styles/default-css-variables.css';
import '@mantine/core/styles/UnstyledButton.css';
import '@mantine/core/styles/Popover.css';
import '@mantine/core/styles/Menu.css';
import '@mantine/core/styles/Tabs.css';
import './theme/tokens.css';
import './theme/base.css';
import './theme/map.css';
import './theme/map-tools.css';
import './theme/traces.css';
import './theme/filter.css';
import './theme/traces-tools.css';
import './theme/first-run.css';
import './theme/groups.css';
import './theme/trace.css';
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import { readPlace } from './url/place.ts';
import { followXrayLinks } from './url/use-place.ts';
import { loadAhead } from './views/pages.ts';
import { ConsoleError } from './http/request.ts';
import { colorSchemeManager, theme } from './theme/theme.ts';

/** A refusal stays a refusal; a server that is restarting comes back. */
const RETRY_COUNT_MAX = 1;

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => count < RETRY_COUNT_MAX && !(error instanceof ConsoleError && error.code === 'refused'),
      retryDelay: 600,
      refetchOnWindowFocus: false,
    },
  },
});

followXrayLinks();
const toDraw = loadAhead(readPlace(window.location.pathname, window.location.search));

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
const root = document.querySelector('#root');
if (root === null) throw new Error('index.html has no #root');

const page = createRoot(root);
void toDraw.then(() =>
  page.render(
    <StrictMode>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={colorSchemeManager}
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queries}>
          <App />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>,
  ),
);
