/**
 *   file        = *( comment LF / instruction LF )
 *   instruction = keyword *( "--" name "=" value ) arguments      ; a line that ends in "\" goes on in the next
 *
 * @param {string} text
 * @returns {{ name: string | undefined, from: string, steps: { keyword: string, flags: Record<string, string>, rest: string }[] }[]} stages
 */
export function parseDockerfile(text) {
  const stages = [];
  for (const { keyword, flags, rest } of instructionsOf(text)) {
    if (keyword === 'FROM') {
      const [, from, name] = /^(\S+)(?:\s+AS\s+(\S+))?$/i.exec(rest) ?? [];
      if (from === undefined) throw new Error(`FROM ${rest}: expected an image, and AS with a name`);
      stages.push({ from, name, steps: [] });
    } else if (stages.length === 0) throw new Error(`${keyword} stands before FROM`);
    else stages.at(-1).steps.push({ keyword, flags, rest });
  }
  return stages;
}

function instructionsOf(text) {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const joined = lines.join('\n').replaceAll(/\\\n\s*/g, '');
  return joined
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map(parseInstruction);
}

function parseInstruction(line) {
  const [, keyword, after] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
  if (keyword === undefined) throw new Error(`no instruction: ${line}`);
  const flags = {};
  let rest = after;
  for (;;) {
    const [whole, name, value] = /^--([a-z]+)=(\S+)\s+/.exec(rest) ?? [];
    if (whole === undefined) return { keyword, flags, rest };
    flags[name] = value;
    rest = rest.slice(whole.length);
  }
}

/**
 * What .dockerignore lets into the build, by paths relative to the context, with "/". The last pattern that fits a path
 * or a folder above it counts.
 * @param {string} text
 */
export function parseDockerignore(text) {
  const rules = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ isKept: line.startsWith('!'), pattern: patternOf(line.replace(/^!/, '')) }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.isKept ?? true;
}

function patternOf(glob) {
  const source = glob
    .split('/')
    .map((part) => (part === '**' ? '(?:.*/)?' : `${part.replaceAll('.', '\\.').replaceAll('*', '[^/]*')}/`))
    .join('');
  return new RegExp(`^${source.replace(/\/$/, '')}(?:/|$)`);
}
