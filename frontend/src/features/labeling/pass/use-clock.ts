import { useCallback, useEffect, useRef, useState } from "react";

import { hide, input, isActive, read, start, type Clock } from "./clock";

const INPUTS = ["keydown", "pointerdown", "pointermove", "wheel", "touchmove"] as const;

export interface ClockHandle {
  /** Active ms so far. */
  readonly total: () => number;
  readonly active: () => boolean;
}

/** The active time of the pass on the desk, on top of the `before` ms it already took; it stands until it is `running`. */
export function useClock(before: number, running: boolean): ClockHandle {
  const [begun] = useState(() => ({ ...start(Date.now(), before), since: null }));
  const clock = useRef<Clock>(begun);

  useEffect(() => {
    if (!running) return;
    clock.current = input(clock.current, Date.now());
    const used = () => (clock.current = input(clock.current, Date.now()));
    const shown = () => (document.visibilityState === "visible" ? used() : (clock.current = hide(clock.current, Date.now())));
    INPUTS.forEach((name) => window.addEventListener(name, used, { passive: true, capture: true }));
    document.addEventListener("visibilitychange", shown);
    return () => {
      INPUTS.forEach((name) => window.removeEventListener(name, used, { capture: true }));
      document.removeEventListener("visibilitychange", shown);
    };
  }, [running]);

  const total = useCallback(() => (clock.current = read(clock.current, Date.now())).total, []);
  const active = useCallback(() => isActive(clock.current, Date.now()), []);
  return { total, active };
}
