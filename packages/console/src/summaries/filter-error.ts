/** Where in the filter the server found fault: it counts columns from 1. */
export function columnIn(message: string): number | undefined {
  const found = /\b(?:column|col|position|offset)\s*[:=]?\s*(\d{1,6})/i.exec(message);
  return found === null ? undefined : Number(found[1]);
}

/** A string literal of a filter expression. */
export function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
