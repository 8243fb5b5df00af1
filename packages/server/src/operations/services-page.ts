import { ApiError, type Service } from '@fluoroscope/api';
import type { PageTokens, TokenScope } from '../page-token.ts';
import { badNextToken, readNextToken } from './next-token.ts';

export interface ServicesPageOptions {
  readonly services: readonly Service[];
  readonly tokens: PageTokens;
  readonly scope: TokenScope;
  readonly token: string | undefined;
  readonly pageCountMax: number;
}

export interface ServicesPage {
  readonly Services: readonly Service[];
  readonly NextToken?: string;
}

/**
 * The graph is computed anew for each page, and edges name services of other pages by number. So a token
 * carries how many services there were: when that changed, the numbers may have too, and we say so.
 */
export function pageOfServices({ services, tokens, scope, token, pageCountMax }: ServicesPageOptions): ServicesPage {
  const [from = 0, count = services.length] = readNextToken(tokens, scope, token) ?? [];
  if (typeof from !== 'number') throw badNextToken();
  if (count !== services.length) {
    throw new ApiError(
      'InvalidRequestException',
      'NextToken: the graph has changed since the first page; ask for that again',
    );
  }
  const to = from + pageCountMax;
  const more = to < services.length;
  return {
    Services: services.slice(from, to),
    ...(more && { NextToken: tokens.issue(scope, [to, services.length]) }),
  };
}
