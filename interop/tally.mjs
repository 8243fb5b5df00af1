/** More than so many are no accident of a busy machine, and take its time. */
const SECOND_TRIES_MAX = 5;

/** Counts and prints the outcome of each check: "ok NAME" or "not ok NAME: why". */
export function createTally(print) {
  let passed = 0;
  let failed = 0;
  let triedAgain = 0;
  const secondTries = [];

  function pass(name) {
    passed += 1;
    print(`ok ${name}`);
  }

  function fail(name, error) {
    failed += 1;
    print(`not ok ${name}: ${whyOf(error).replaceAll('\n', '\n    ')}`);
  }

  return {
    get passed() {
      return passed;
    },
    get failed() {
      return failed;
    },
    /** Checks that passed, but not at once, and what failed at first. */
    secondTries,
    fail,
    /** Something that has checks of its own. @param {string} name @param {() => unknown} work throws when it fails */
    async run(name, work) {
      try {
        await work();
        pass(name);
      } catch (error) {
        fail(name, error);
      }
    },
    /** What failed may only have been late, so it is tried once more. @param {string} name @param {() => unknown} work throws when the check fails */
    async check(name, work) {
      try {
        await work();
        pass(name);
      } catch (error) {
        triedAgain += 1;
        if (triedAgain > SECOND_TRIES_MAX || !(await succeeds(work))) {
          fail(name, error);
          return;
        }
        pass(name);
        secondTries.push(`${name}: ${whyOf(error).split('\n', 1).join()}`);
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

function whyOf(error) {
  return (error instanceof Error ? error.message : String(error)).trim();
}

async function succeeds(work) {
  try {
    await work();
    return true;
  } catch {
    return false;
  }
}
