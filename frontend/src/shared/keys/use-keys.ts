import { useLayoutEffect } from "react";

import { actionOf, type Action } from "./keys";

/** Act on the keys of a page's table while `on`; `act` answers whether it used the key, which then does nothing else. */
export function useKeys<Do>(map: ReadonlyMap<string, Action<Do>>, act: (does: Do) => boolean, on = true): void {
  // With the drawing itself: a quick hand is there before an effect is, and its key would be lost or go to the page before.
  useLayoutEffect(() => {
    if (!on) return;
    const press = (event: KeyboardEvent) => {
      const action = actionOf(map, event);
      if (action && act(action.does)) event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [map, act, on]);
}
