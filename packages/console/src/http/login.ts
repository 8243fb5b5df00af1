import { useSyncExternalStore } from 'react';
import type { LoginInput } from '@fluoroscope/api';
import { listenForLogin, send } from './request.ts';

/** Answers to what was asked before a login may come so long after it. */
const LATE_ANSWERS_MS = 3_000;

let needed = false;
let held = false;
const listeners = new Set<() => void>();

// The server asked who we are: from then on the login form stands in place of every page.
listenForLogin(() => {
  if (held) return;
  needed = true;
  for (const listener of listeners) listener();
});

export function useLoginNeeded(): boolean {
  return useSyncExternalStore(subscribe, () => needed);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The cookie that stands for the key is set by the answer; no script sees it. */
export async function logIn(input: LoginInput): Promise<void> {
  await send<unknown>('/api/login', { method: 'POST', body: JSON.stringify(input) });
}

export async function logOut(): Promise<void> {
  await send<unknown>('/api/logout', { method: 'POST' });
}

/** While a first key is made and logged in with, refusals of what else is being asked must not take the page away. */
export async function whileLoggingIn<T>(work: () => Promise<T>): Promise<T> {
  held = true;
  try {
    return await work();
  } finally {
    setTimeout(() => (held = false), LATE_ANSWERS_MS);
  }
}
