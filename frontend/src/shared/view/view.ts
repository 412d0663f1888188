/** How a person likes to read, kept on this machine: the size of what is read, and how strong its contrast is. */

import { useSyncExternalStore } from "react";

import { onMachine } from "./keep";

/** Factors on the size of problems and steps; the bars around them keep theirs. */
export const SIZES = [0.85, 1, 1.15, 1.3, 1.5, 1.75] as const;
const USUAL = SIZES.indexOf(1);

export interface View {
  /** An index into `SIZES`. */
  readonly size: number;
  readonly highContrast: boolean;
}

const kept = onMachine("view");
const stronger = window.matchMedia("(prefers-contrast: more)");
const listeners = new Set<() => void>();
let view = first();
apply();
stronger.addEventListener("change", () => typeof kept.read("highContrast") !== "boolean" && show({ highContrast: stronger.matches }));

export function useView(): View {
  return useSyncExternalStore(subscribe, () => view);
}

export function resize(by: 1 | -1): void {
  const size = Math.max(0, Math.min(SIZES.length - 1, view.size + by));
  kept.write("size", size);
  show({ size });
}

/** Chosen here, it counts for more than what the system asks for. */
export function setHighContrast(highContrast: boolean): void {
  kept.write("highContrast", highContrast);
  show({ highContrast });
}

function show(change: Partial<View>): void {
  view = { ...view, ...change };
  apply();
  listeners.forEach((listener) => listener());
}

function apply(): void {
  document.documentElement.style.setProperty("--lh-text", String(SIZES[view.size]));
  document.documentElement.dataset.contrast = view.highContrast ? "more" : "usual";
}

function first(): View {
  const [size, highContrast] = [kept.read("size"), kept.read("highContrast")];
  return {
    size: typeof size === "number" && size in SIZES ? size : USUAL,
    highContrast: typeof highContrast === "boolean" ? highContrast : stronger.matches,
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
