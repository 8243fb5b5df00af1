/**
 * One section of AWS's shared files; empty when it is not there.
 *
 *   file    = *( section / pair / comment / blank )
 *   section = "[" name "]"
 *   pair    = name "=" value        ; nested values, which stand indented below a pair, mean nothing here
 *   comment = ( "#" / ";" ) text
 */
export function readProfile(text: string, section: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let isInside = false;
  for (const line of text.split(/\r?\n/)) {
    const name = /^\s*\[\s*(.*?)\s*\]/.exec(line)?.[1];
    if (name !== undefined) isInside = name.replaceAll(/\s+/g, ' ') === section;
    const pair = /^([\w-]+)\s*=\s*(.*?)\s*$/.exec(line);
    if (isInside && pair !== null) found.set(pair[1]?.toLowerCase() ?? '', pair[2] ?? '');
  }
  return found;
}
