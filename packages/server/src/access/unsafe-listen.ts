import { isLoopback } from '../host.ts';
import { printListen, type Listen } from '../settings/kinds.ts';
import { SettingsError } from '../settings/settings-error.ts';
import { SETTINGS, type Setting, type Settings } from '../settings.ts';

/** Every setting of a listener. */
export type ListenKey = Extract<keyof Settings, `${string}Listen`>;

export type ListenSettings = Pick<Settings, ListenKey | 'allowUnauthenticated' | 'ingestAllow'>;

/** Those whose requests can carry a key. */
const KEYED: readonly ListenKey[] = [
  'httpListen',
  'otlpGrpcListen',
  'otlpHttpListen',
  'zipkinListen',
  'jaegerHttpListen',
  'jaegerGrpcListen',
];

/** Throws SettingsError for a listener beyond loopback that would be open to all, or of use to none. */
export function refuseUnsafeListen(settings: ListenSettings, hasKeys: boolean): void {
  if (settings.allowUnauthenticated || settings.ingestAllow.length > 0) return;
  if (!hasKeys) {
    const doThis = 'make an access key with "fluoroscope keys create", name the networks of senders in --ingest-allow';
    for (const key of KEYED)
      refuse(SETTINGS[key], settings[key], `requests are not authenticated without a key: ${doThis}`);
  }
  const why = 'datagrams carry no key: name the networks of senders in --ingest-allow, close it with --udp-listen off';
  refuse(SETTINGS.udpListen, settings.udpListen, why);
}

function refuse(setting: Setting<Listen>, address: Listen, why: string): void {
  if (address === null || isLoopback(address.host)) return;
  throw new SettingsError({
    code: 'unsafe-listen',
    setting: setting.name,
    value: printListen(address),
    from: 'the settings',
    expected: `a loopback address such as 127.0.0.1:${address.port}, because ${why}; or add --allow-unauthenticated if only trusted machines can reach it`,
  });
}
