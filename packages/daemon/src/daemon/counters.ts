/** What datagrams came to, since the last record. */
export interface IntakeCounts {
  received: number;
  spilled: number;
  rejected: number;
}

/** What calls to one endpoint came to, since the last record. */
export interface EndpointCounts {
  sent: number;
  spilled: number;
  rejected: number;
  timeouts: number;
  refusedConnections: number;
  status4xx: number;
  status5xx: number;
  unknownHosts: number;
  otherErrors: number;
}

export function noIntake(): IntakeCounts {
  return { received: 0, spilled: 0, rejected: 0 };
}

export function noCalls(): EndpointCounts {
  return {
    sent: 0,
    spilled: 0,
    rejected: 0,
    timeouts: 0,
    refusedConnections: 0,
    status4xx: 0,
    status5xx: 0,
    unknownHosts: 0,
    otherErrors: 0,
  };
}

const BY_ERRNO: Readonly<Record<string, 'timeouts' | 'refusedConnections' | 'unknownHosts'>> = {
  ETIMEDOUT: 'timeouts',
  ECONNREFUSED: 'refusedConnections',
  ENOTFOUND: 'unknownHosts',
  EAI_AGAIN: 'unknownHosts',
};

/** Which count an error of Node's network calls adds to. */
export function countOfError(error: unknown): 'timeouts' | 'refusedConnections' | 'unknownHosts' | 'otherErrors' {
  const code = typeof error === 'object' && error !== null ? String(Reflect.get(error, 'code')) : '';
  return (Object.hasOwn(BY_ERRNO, code) ? BY_ERRNO[code] : undefined) ?? 'otherErrors';
}
