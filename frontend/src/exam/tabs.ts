// One writing tab per device: Web Locks where there are any, else the server's lease decides between tabs.

export interface TabLock {
  /** Whether this tab may write now. */
  claim: (steal: boolean) => Promise<boolean>;
}

/** `lost` is called when another tab has taken over. */
export function tabLock(attempt: string, lost: () => void): TabLock {
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return { claim: async () => true };
  const name = `choukao-exam-${attempt}`;
  return {
    claim: (steal) =>
      new Promise((resolve) => {
        let held = false;
        locks
          .request(name, steal ? { steal: true } : { ifAvailable: true }, (lock) => {
            held = lock !== null;
            resolve(held);
            // Held until the tab goes away or another one steals it.
            return held ? new Promise<void>(() => undefined) : undefined;
          })
          .catch(() => {
            if (held) lost();
            else resolve(true);
          });
      }),
  };
}

/** The client id: one per device where locks keep tabs apart, else one per tab. */
export function clientId(attempt: string, remembered: string | undefined, fresh: () => string): string {
  if ("locks" in navigator) return remembered || fresh();
  const key = `choukao-cid-${attempt}`;
  try {
    const kept = sessionStorage.getItem(key) || fresh();
    sessionStorage.setItem(key, kept);
    return kept;
  } catch {
    return fresh();
  }
}
