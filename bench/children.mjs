/** Children that are running: none outlives the bench, whatever ends it. */
const running = new Set();

export function endWithUs(child) {
  if (running.size === 0) process.on('exit', killAll);
  running.add(child);
  child.once('exit', () => {
    running.delete(child);
    if (running.size === 0) process.off('exit', killAll);
  });
}

/** At once, and without waiting for them. */
export function killAll() {
  for (const child of running) child.kill('SIGKILL');
}
