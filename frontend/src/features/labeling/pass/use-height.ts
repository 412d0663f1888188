import { useEffect, type RefObject } from "react";

/** Tells the element's parent, as a CSS length by this name, how much of the page the element takes: rows stop short of what is pinned. */
export function useHeight(element: RefObject<HTMLElement | null>, name: `--${string}`): void {
  useEffect(() => {
    const measured = element.current;
    if (!measured) return;
    const look = new ResizeObserver(() => {
      const taken = getComputedStyle(measured).position === "sticky" ? measured.offsetHeight : 0;
      measured.parentElement?.style.setProperty(name, `${taken}px`);
      uncover(measured);
    });
    look.observe(measured);
    return () => look.disconnect();
  }, [element, name]);
}

/** What grew over the row at the cursor lets it be seen again; a row that was out of sight stays there. */
function uncover(grown: HTMLElement): void {
  const row = grown.parentElement?.querySelector("[aria-current='step']");
  if (!row) return;
  const [over, at] = [grown.getBoundingClientRect(), row.getBoundingClientRect()];
  if (at.top < over.bottom && over.top < at.bottom) row.scrollIntoView?.({ block: "nearest" });
}
