import { useLayoutEffect, useRef, type RefObject } from "react";

/**
 * Keeps the focus of whoever goes by Tab: when what had it inside `around` was drawn away as `on` changed, `heir` says which
 * element takes it. A focus that was nowhere stays nowhere: the page's keys are heard all the same.
 */
export function useFocusKept(around: RefObject<HTMLElement | null>, on: unknown, heir: (lost: HTMLElement) => HTMLElement | null | undefined): void {
  const had = useRef<HTMLElement | null>(null);
  useLayoutEffect(() => {
    const entered = ({ target }: FocusEvent) => {
      if (!(target instanceof HTMLElement) || target.closest("[role='dialog']")) return; // a dialog gives back what it took
      had.current = around.current?.contains(target) ? target : null;
    };
    const pointed = () => (had.current = null);
    document.addEventListener("focusin", entered);
    document.addEventListener("pointerdown", pointed, { capture: true });
    return () => {
      document.removeEventListener("focusin", entered);
      document.removeEventListener("pointerdown", pointed, { capture: true });
    };
  }, [around]);
  useLayoutEffect(() => {
    if (had.current && !had.current.isConnected) heir(had.current)?.focus({ preventScroll: true });
    // eslint-disable-next-line react-hooks/exhaustive-deps -- it is asked only when `on` changes, whichever `heir` is drawn then
  }, [on]);
}
