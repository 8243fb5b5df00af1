import { ROOT } from './set-up.mjs';

/**
 * Tests that passed, but not at once: the next to be looked at. Each with what failed at first.
 * @param {{ testResults?: readonly { name: string, assertionResults: readonly { status: string, fullName: string, failureMessages: readonly string[] }[] }[] }} report vitest's JSON
 */
export function secondTriesOf({ testResults = [] }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status, failureMessages }) => status === 'passed' && failureMessages.length > 0)
      .map(
        ({ fullName, failureMessages: [first] }) =>
          `${name.replace(ROOT, '')}: ${fullName}: ${first.split('\n', 1).join()}`,
      ),
  );
}
