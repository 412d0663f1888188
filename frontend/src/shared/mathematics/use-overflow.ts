import { useEffect, useState, type RefObject } from "react";

const STRUT = 12; // px by which a tall formula may stand out of its line; a line that is cut off is more

/** Whether there is more in the element than it shows, in either direction. */
export function useOverflow(element: RefObject<HTMLElement | null>): boolean {
  const [cut, setCut] = useState(false);
  useEffect(() => {
    const shown = element.current;
    if (!shown) return;
    const look = new ResizeObserver(() => setCut(shown.scrollHeight > shown.clientHeight + STRUT || shown.scrollWidth > shown.clientWidth + 1));
    look.observe(shown);
    if (shown.firstElementChild) look.observe(shown.firstElementChild);
    return () => look.disconnect();
  }, [element]);
  return cut;
}
