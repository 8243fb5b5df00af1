/** Counts and prints the outcome of each check: "ok NAME" or "not ok NAME: why". */
export function createTally(print) {
  let passed = 0;
  let failed = 0;

  function pass(name) {
    passed += 1;
    print(`ok ${name}`);
  }

  function fail(name, error) {
    failed += 1;
    const why = error instanceof Error ? error.message : String(error);
    print(`not ok ${name}: ${why.trim().replaceAll('\n', '\n    ')}`);
  }

  return {
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
    fail,
    /** @param {string} name @param {() => unknown} work throws when the check fails */
    async check(name, work) {
      try {
        await work();
        pass(name);
      } catch (error) {
        fail(name, error);
      }
    },
    /** Takes a line of a script that prints the same two kinds; anything else is passed on. */
    readLine(line) {
      const [, not, name, why] = /^(not )?ok (.*?)(?:: (.*))?$/.exec(line) ?? [];
      if (name === undefined) print(`    ${line}`);
      else if (not === undefined) pass(line.slice('ok '.length));
      else fail(name, why ?? 'no reason given');
    },
  };
}
