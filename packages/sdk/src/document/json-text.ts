// Hot path: writes every document. Texts without anything to escape, which are nearly all, are only put in quotes.

/** Names of annotations and the like, printed once. Beyond this many they are printed anew each time. */
const KEYS_MAX = 1_000;

const keyTexts = new Map<string, string>();
const MS_TEXTS: readonly string[] = Array.from({ length: 1000 }, (_, ms) => `.${String(ms).padStart(3, '0')}`);
// oxlint-disable-next-line no-control-regex -- JSON escapes control characters
const TO_ESCAPE = /["\\\u0000-\u001f\ud800-\udfff]/;

let printedSecond = 0;
let printedSecondText = '0';

export function quote(text: string): string {
  return TO_ESCAPE.test(text) ? JSON.stringify(text) : `"${text}"`;
}

/** `"key":` */
export function keyText(key: string): string {
  const known = keyTexts.get(key);
  if (known !== undefined) return known;
  const text = `${quote(key)}:`;
  if (keyTexts.size < KEYS_MAX) keyTexts.set(key, text);
  return text;
}

/** Epoch seconds. Times of the clock have whole milliseconds, and their seconds are mostly those of the last one. */
export function secondsText(seconds: number): string {
  const whole = Math.floor(seconds);
  const ms = Math.round((seconds - whole) * 1000);
  const usual = whole >= 0 && whole < Number.MAX_SAFE_INTEGER && ms < 1000 && whole + ms / 1000 === seconds;
  if (!usual) return Number.isFinite(seconds) ? String(seconds) : '0';
  if (whole !== printedSecond) {
    printedSecond = whole;
    printedSecondText = String(whole);
  }
  return printedSecondText + MS_TEXTS[ms];
}

/**
 * Any value as JSON: big integers as texts, what cannot be printed (a cycle, a `toJSON` that throws) as a text that says so.
 * Undefined when JSON has nothing for it, such as a function.
 */
export function valueText(value: unknown): string | undefined {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : 'null';
  try {
    return JSON.stringify(value);
  } catch {
    return exceptionalText(value);
  }
}

/** Slower: each property goes through a function. */
function exceptionalText(value: unknown): string | undefined {
  try {
    return JSON.stringify(value, bigintsAsTexts);
  } catch (error) {
    return quote(`[not serializable: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}]`);
  }
}

/** An object, each property on its own: one that cannot be printed does not take the others with it. */
export function objectText(value: object): string {
  let text = '';
  for (const key of Object.keys(value)) {
    const printed = valueText(Reflect.get(value, key));
    if (printed !== undefined) text += (text === '' ? '' : ',') + keyText(key) + printed;
  }
  return `{${text}}`;
}

function bigintsAsTexts(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}
