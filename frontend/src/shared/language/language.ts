/**
 * The language of the pages: the browser's, until another is chosen; the choice stays on this machine.
 *
 * English comes with each feature. A translation is a file beside it, fetched only where it is spoken, before what speaks
 * it is shown. The words are a live view: at a switch the page is drawn anew from the root and reads the new ones, and
 * nothing on it is lost.
 */

import { useSyncExternalStore } from "react";

import { onMachine } from "../view/keep";

/** Each language by its own name; the key is its tag for the page and for `Intl`. */
export const LANGUAGES = { en: "English", "zh-Hans": "简体中文" } as const;
export type Language = keyof typeof LANGUAGES;

type Translations<Words> = Readonly<Partial<Record<Exclude<Language, "en">, () => Promise<{ words: Words }>>>>;

const kept = onMachine("language");
const CHOICE = "chosen";
const dictionaries: ((language: Language) => Promise<unknown>)[] = [];
const listeners = new Set<() => void>();
let spoken = first();
document.documentElement.lang = spoken;

/** The words of one part of the product, each read in the language that is spoken then. */
export function dictionary<Words extends object>(english: Words, translations: Translations<Words> = {}): Words {
  const known: Partial<Record<Language, Words>> = { en: english };
  const load = async (language: Language) => {
    if (known[language] || language === "en") return;
    const found = await translations[language]?.().catch(() => null);
    known[language] = found?.words ?? english; // what is not translated, or can't be fetched, stays English
  };
  dictionaries.push(load);
  void load(spoken);
  return live(english, () => known[spoken] ?? english);
}

/** An object of the same shape whose words are read where they are asked for. */
function live<Words extends object>(shape: Words, read: () => Words): Words {
  const view = {} as Words;
  for (const [key, value] of Object.entries(shape) as [keyof Words, unknown][]) {
    const inner = isGroup(value) ? live(value, () => read()[key] as object) : null;
    Object.defineProperty(view, key, { enumerable: true, get: () => inner ?? read()[key] });
  }
  return view;
}

function isGroup(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Done when every dictionary that is there can be read in the language. */
export function loaded(language: Language = spoken): Promise<unknown> {
  return Promise.all(dictionaries.map((load) => load(language)));
}

/** A part of the site that is loaded when it is asked for, with its words. */
export async function withWords<Part>(loading: Promise<Part>): Promise<Part> {
  const part = await loading;
  await loaded();
  return part;
}

export function language(): Language {
  return spoken;
}

export async function speak(chosen: Language): Promise<void> {
  await loaded(chosen);
  spoken = chosen;
  kept.write(CHOICE, chosen);
  document.documentElement.lang = chosen;
  listeners.forEach((listener) => listener());
}

/** The language that is spoken. A memoised component asks for it, or it would keep its words at a switch. */
export function useLanguage(): Language {
  return useSyncExternalStore(subscribe, language);
}

/** What is costly to make, such as a formatter, once for each language. */
export function perLanguage<Made>(make: (language: Language) => Made): () => Made {
  const made = new Map<Language, Made>();
  return () => {
    if (!made.has(spoken)) made.set(spoken, make(spoken));
    return made.get(spoken)!;
  };
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function first(): Language {
  const chosen = kept.read(CHOICE);
  if (typeof chosen === "string" && chosen in LANGUAGES) return chosen as Language;
  return preferred(navigator.languages);
}

/** The first of the browser's languages that the pages speak. Who reads any Chinese is better served by it than by English. */
export function preferred(tags: readonly string[]): Language {
  const known = tags.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => tag === "zh" || tag === "en");
  return known === "zh" ? "zh-Hans" : "en";
}
