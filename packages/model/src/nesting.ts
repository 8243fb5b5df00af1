const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/**
 * Whether JSON text nests arrays and objects more than `levelsMax` deep, told without parsing it: what
 * passes can be parsed, walked and printed by recursion. For text that is no JSON the answer means nothing.
 */
export function nestsDeeperThan(text: string, levelsMax: number): boolean {
  // Each level costs an opening and a closing character.
  if (text.length <= 2 * levelsMax) return false;
  let level = 0;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) at = stringEnd(text, at + 1);
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) level += 1;
    else if (unit === CLOSE_BRACE || unit === CLOSE_BRACKET) level -= 1;
    if (level > levelsMax) return true;
  }
  return false;
}

/** The index of the quote that closes the string, or the text's length. */
function stringEnd(text: string, start: number): number {
  for (let at = start; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at;
    if (unit === BACKSLASH) at += 1;
  }
  return text.length;
}
