/** Longest text put into one label; the whole of it stays in the raw JSON. Protects layout and memory. */
const LABEL_CHARS_MAX = 300;

// C0 and C1 controls, line separators, and what turns or hides text: bidi controls, zero width, BOM, tags.
// oxlint-disable-next-line no-control-regex -- finding control characters is its purpose
const HIDDEN = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** Names and values come from anyone who can send a segment: shows what would hide or reorder text. */
export function visible(text: string, charsMax: number = LABEL_CHARS_MAX): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
  return cut.replace(HIDDEN, showCharacter);
}

/** As `visible`, but keeps line feeds and tabs, for blocks that print as they are. */
export function visibleBlock(text: string, charsMax: number): string {
  const cut = text.length > charsMax ? `${text.slice(0, charsMax)}…` : text;
  return cut.replace(HIDDEN, (found) => (found === '\n' || found === '\t' ? found : showCharacter(found)));
}

/** Keeps both ends: the tail of a URL or a host tells as much as its head. */
export function clipMiddle(text: string, charsMax: number): string {
  const clean = visible(text);
  const chars = Array.from(clean);
  if (chars.length <= charsMax) return clean;
  const head = Math.ceil((charsMax - 1) / 2);
  return `${chars.slice(0, head).join('')}…${chars.slice(chars.length - (charsMax - 1 - head)).join('')}`;
}

function showCharacter(found: string): string {
  const code = found.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return '\u2421';
  return `⟨${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
