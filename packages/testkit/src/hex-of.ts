/** Digits that depend on the text alone, so that a failing test shows the same ids again. */
export function hexOf(text: string, digits: number): string {
  let hex = '';
  for (let round = 1; hex.length < digits; round += 1) {
    let hash = 0x811c9dc5 ^ round;
    for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
    hex += ((hash ^ (hash >>> 13)) >>> 0).toString(16).padStart(8, '0');
  }
  return hex.slice(0, digits);
}
