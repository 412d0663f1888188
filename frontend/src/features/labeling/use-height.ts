import { useEffect, type RefObject } from "react";

/** Tells the element's parent, as a CSS length by this name, how much of the page the element takes: rows stop short of what is pinned. */
export function useHeight(element: RefObject<HTMLElement | null>, name: `--${string}`): void {
  useEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const look = new ResizeObserver(() => {
      const taken = getComputedStyle(measured).position === "sticky" ? measured.offsetHeight : 0;
      measured.parentElement?.style.setProperty(name, `${taken}px`);
    });
    look.observe(measured);
    return () => look.disconnect();
  }, [element, name]);
}
