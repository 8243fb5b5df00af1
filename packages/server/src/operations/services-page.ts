import { ApiError } from '@fluoroscope/api';
import type { GraphService } from '@fluoroscope/query';
import { SERVICE_ORDERS_SERVICES_MAX } from '../limits.ts';
import type { PageTokens, TokenScope } from '../page-token.ts';
import { badNextToken, readNextToken } from './next-token.ts';
import { createServiceOrders } from './service-orders.ts';

export interface ServicesPage {
  readonly Services: readonly GraphService[];
  readonly NextToken?: string;
}

/** The page of a graph, as it is now, that a token of the same scope asks for; without one the first. */
export type PageOfServices = (
  services: readonly GraphService[],
  scope: TokenScope,
  token: string | undefined,
) => ServicesPage;

export interface ServicesPageOptions {
  readonly tokens: PageTokens;
  readonly pageCountMax: number;
  /** Instead of `SERVICE_ORDERS_SERVICES_MAX`. */
  readonly orderedServicesMax?: number;
}

/**
 * The graph is computed anew for each page, and edges name services of other pages by number; so the order of the first page is
 * kept. When it is not any more (others came, or a restart), a graph of another size is refused, since its numbers have changed.
 */
export function createServicesPage(options: ServicesPageOptions): PageOfServices {
  const { tokens, pageCountMax, orderedServicesMax = SERVICE_ORDERS_SERVICES_MAX } = options;
  const orders = createServiceOrders(orderedServicesMax);

  function pageOf(services: readonly GraphService[], from: number, issue: (to: number) => string): ServicesPage {
    const to = from + pageCountMax;
    return { Services: services.slice(from, to), ...(to < services.length && { NextToken: issue(to) }) };
  }

  return (services, scope, token) => {
    const cursor = readNextToken(tokens, scope, token);
    if (cursor === null) {
      return pageOf(services, 0, (to) => tokens.issue(scope, [to, services.length, orders.keep(services)]));
    }
    const [from, count, order] = cursor;
    if (typeof from !== 'number' || typeof count !== 'number' || typeof order !== 'number') throw badNextToken();
    const renumbered = orders.renumber(order, services);
    if (renumbered === null && count !== services.length) {
      throw new ApiError(
        'InvalidRequestException',
        'NextToken: the graph has changed since the first page; ask for that again',
      );
    }
    return pageOf(renumbered ?? services, from, (to) => tokens.issue(scope, [to, count, order]));
  };
}
