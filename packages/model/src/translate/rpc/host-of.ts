/** `http://user@shop.example:80/buy` → `shop.example:80`; empty for what is no absolute URL. */
export function hostOf(url: string): string {
  const [, host = ''] = /^[a-z][a-z0-9+.-]*:\/\/(?:[^/?#@]*@)?([^/?#]*)/i.exec(url) ?? [];
  return host;
}
