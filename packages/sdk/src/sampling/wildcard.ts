/**
 * pattern = *( "*" any run, also none / "?" one character / itself in any letter case )
 *
 * Goes back to the last star only, so that no pattern takes longer than its length times the text's.
 */
export function wildcardMatch(pattern: string | undefined, text: string | undefined): boolean {
  if (pattern === undefined || text === undefined) return false;
  if (pattern === '*') return true;
  const [wanted, given] = [charactersOf(pattern.toLowerCase()), charactersOf(text.toLowerCase())];
  let at = 0;
  let star = -1;
  let resumeAt = 0;
  let read = 0;
  while (read < given.length) {
    if (wanted[at] === '*') {
      star = at;
      resumeAt = read;
      at += 1;
    } else if (at < wanted.length && (wanted[at] === '?' || wanted[at] === given[read])) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      at = star + 1;
      resumeAt += 1;
      read = resumeAt;
    } else {
      return false;
    }
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}

const HALF_OF_PAIR = /[\uD800-\uDFFF]/;

/** A text of characters that are one unit each, as nearly all are, is what it is: every request comes by here. */
function charactersOf(text: string): string | readonly string[] {
  return HALF_OF_PAIR.test(text) ? Array.from(text) : text;
}
