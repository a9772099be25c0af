/** Waiting in tests: always for something, always with a limit. */

/** How long, and how often to look. */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly intervalMs?: number;
}

const defaultTimeoutMs = 30_000; // Two noisy cores: generous, it only costs when something is wrong.
const defaultIntervalMs = 50;

/**
 * Calls `probe` until it gives something other than false or undefined, and resolves with that.
 * An error of `probe` ends the wait. Throws after `timeoutMs`, naming `what`.
 */
export async function waitFor<T>(
  what: string,
  options: WaitOptions,
  probe: () => Promise<T | false | undefined> | T | false | undefined,
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await probe();
    if (value !== false && value !== undefined) return value;
    if (performance.now() >= deadline) throw new Error(`Waited ${timeoutMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, options.intervalMs ?? defaultIntervalMs));
  }
}
