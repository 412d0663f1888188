import { useEffect, useState } from "react";

export interface OnlyTab {
  /** Null for the moment until the browser has answered. */
  readonly mine: boolean | null;
  /** Take over from the other tab. */
  readonly take: () => void;
}

/**
 * Whether this is the one tab that holds `name`; when the tab that does closes, the next one gets it.
 *
 * By the Web Locks API, which browsers offer on secure origins only: elsewhere every tab holds it, and the server, to
 * whom the same pass twice is one label, keeps the peace alone.
 */
export function useOnlyTab(name: string): OnlyTab {
  const locks = navigator.locks as LockManager | undefined;
  const [mine, setMine] = useState(locks ? null : true);
  const [taking, setTaking] = useState(0);
  useEffect(() => (locks ? hold(locks, name, taking > 0, setMine) : undefined), [locks, name, taking]);
  return { mine, take: () => setTaking((times) => times + 1) };
}

/** Hold the lock, by force or as soon as it is free, until the returned function is called or another tab takes it. */
function hold(locks: LockManager, name: string, steal: boolean, tell: (mine: boolean) => void): () => void {
  const stop = new AbortController();
  let release = () => {};
  const held = () => {
    tell(true);
    return new Promise<void>((resolve) => (release = resolve));
  };
  const stolen = () => {
    if (stop.signal.aborted) return;
    tell(false);
    queue();
  };
  const queue = () => void locks.request(name, { signal: stop.signal }, held).catch(stolen);
  const look = async () => {
    if (!(await locks.query()).held?.some((lock) => lock.name === name)) return;
    if (!stop.signal.aborted) tell(false);
  };
  if (steal) void locks.request(name, { steal }, held).catch(stolen);
  else void look().then(queue);
  return () => {
    stop.abort();
    release();
  };
}
