/** One table per page says what a key does; the key handler, the hints on buttons and the help all read it. */

export interface Action<Do> {
  readonly name: string;
  /** `KeyboardEvent.key` values; the first is the one that hints show. */
  readonly keys: readonly string[];
  /** A function, for it is told in the language that is spoken then. */
  readonly label: () => string;
  readonly does: Do;
  /** Whether a key held down repeats it: moving may, rating may not. */
  readonly repeats?: boolean;
}

const SHOWN: Readonly<Record<string, string>> = { ArrowUp: "↑", ArrowDown: "↓", Escape: "Esc" };

export function shownKey(key: string): string {
  return SHOWN[key] ?? key;
}

/** Every key with its action. Two actions on one key are a mistake of ours, told at once. */
export function keymap<Do>(actions: readonly Action<Do>[]): ReadonlyMap<string, Action<Do>> {
  const map = new Map<string, Action<Do>>();
  for (const action of actions) {
    for (const key of action.keys) {
      const other = map.get(key);
      if (other) throw new Error(`The key "${key}" means both "${other.name}" and "${action.name}".`);
      map.set(key, action);
    }
  }
  return map;
}

/** The one action of this name, for the button that stands for it. */
export function actionIn<Do>(actions: readonly Action<Do>[], name: string): Action<Do> {
  const action = actions.find((candidate) => candidate.name === name);
  if (!action) throw new Error(`No action is named "${name}".`);
  return action;
}

/** The action a key press stands for, or undefined where the press belongs to a field, a button or the browser. */
export function actionOf<Do>(map: ReadonlyMap<string, Action<Do>>, event: KeyboardEvent): Action<Do> | undefined {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (belongsToField(event)) return undefined;
  const action = map.get(event.key) ?? map.get(event.key.toLowerCase()); // Caps Lock silences no key
  return event.repeat && !action?.repeats ? undefined : action;
}

const FIELDS = "input, textarea, select, [contenteditable='true'], [role='dialog'], [role='menu']";
const PRESSED_BY_ENTER = "button, a[href], summary";

function belongsToField(event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : null;
  if (!target) return false;
  return target.closest(FIELDS) !== null || (event.key === "Enter" && target.closest(PRESSED_BY_ENTER) !== null);
}
