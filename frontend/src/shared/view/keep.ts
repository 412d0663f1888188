/** What is kept in the browser, as JSON. A browser that refuses to keep is no reason to stop: then nothing is found. */

export interface Shelf {
  read(key: string): unknown;
  write(key: string, value: unknown): void;
  remove(key: string): void;
  keys(): string[];
}

function shelf(storage: () => Storage, prefix: string): Shelf {
  return {
    read: (key) => quietly(() => JSON.parse(storage().getItem(prefix + key) ?? "null") as unknown, null),
    write: (key, value) => quietly(() => storage().setItem(prefix + key, JSON.stringify(value)), undefined),
    remove: (key) => quietly(() => storage().removeItem(prefix + key), undefined),
    keys: () =>
      quietly(() => Object.keys(storage()), [])
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length)),
  };
}

function quietly<T>(act: () => T, otherwise: T): T {
  try {
    return act();
  } catch {
    return otherwise; // storage switched off or full, or text that is not ours
  }
}

/** Stays on this machine, for all tabs. */
export const onMachine = (name: string) => shelf(() => localStorage, `labelhub.${name}.`);
/** Stays in this tab, over a reload. */
export const inTab = (name: string) => shelf(() => sessionStorage, `labelhub.${name}.`);
