import { join } from 'node:path';
import { createArns } from '../control/arns.ts';
import type { Control } from '../control/control.ts';
import type { Events } from '../events.ts';
import { isLoopback } from '../host.ts';
import type { Settings } from '../settings.ts';
import { createAuditLog, type AuditLog } from './audit-log.ts';
import { createGate, type Gate } from './gate.ts';
import { createKeyAdministration, type KeyAdministration } from './key-administration.ts';
import { KEY_FILE } from './key-file.ts';
import { openKeyRing, type KeyRing } from './key-ring.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { createResourceNamer, type NameResource } from './resource-name.ts';
import { createSessions } from './sessions.ts';
import { refuseUnsafeListen, type ListenKey, type ListenSettings } from './unsafe-listen.ts';

/** Everything about who may do what. */
export interface Access extends AsyncDisposable {
  readonly gate: Gate;
  readonly keys: KeyAdministration;
  readonly ring: KeyRing;
  readonly rateLimit: RateLimit;
  readonly audit: AuditLog;
  readonly nameResource: NameResource;
  /** How long a login of the console lasts. */
  readonly sessionSeconds: number;
}

export type AccessSettings = ListenSettings &
  Pick<Settings, 'dataDir' | 'region' | 'accountId' | 'sessionLifetime' | 'requestRate' | 'auditSize'>;

export interface AccessOptions {
  readonly settings: AccessSettings;
  readonly control: Pick<Control, 'groups' | 'resourcePolicies'>;
  readonly events: Pick<Events, 'troubleMet' | 'stateChanged'>;
  readonly nowMs?: () => number;
}

/** Throws StartError for a file of keys that cannot be read, SettingsError for a listener that must not be opened. */
export async function openAccess({ settings, control, events, nowMs = Date.now }: AccessOptions): Promise<Access> {
  const { dataDir, sessionLifetime, requestRate, auditSize, allowUnauthenticated } = settings;
  const ring = await openKeyRing({ path: join(dataDir, KEY_FILE), events });
  try {
    refuseUnsafeListen(settings, ring.isMade);
  } catch (error) {
    ring[Symbol.dispose]();
    throw error;
  }
  const isOpen = (key: ListenKey): boolean => allowUnauthenticated || isLoopback(settings[key]?.host ?? 'localhost');
  const audit = createAuditLog({ dataDir, sizeBytesMax: auditSize, events, nowMs });
  const gate = createGate({
    ring,
    sessions: createSessions({ lifetimeMs: sessionLifetime / 1_000, nowMs }),
    isOpenWithoutKeys: isOpen,
    ingestAllow: settings.ingestAllow,
    judge: (question) => control.resourcePolicies.judge(question),
    nowMs,
  });
  return {
    gate,
    keys: createKeyAdministration({ dataDir, ring, lastUses: gate.lastUses, nowMs }),
    ring,
    rateLimit: createRateLimit({ perSecond: requestRate }),
    audit,
    nameResource: createResourceNamer(createArns(settings), control.groups),
    sessionSeconds: Math.floor(sessionLifetime / 1e6),
    async [Symbol.asyncDispose]() {
      ring[Symbol.dispose]();
      await audit[Symbol.asyncDispose]();
    },
  };
}
