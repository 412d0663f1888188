import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { act, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, describe, expect, test, vi } from "vitest";

import { ApiError } from "@/api/errors";
import { App } from "@/app/App";
import { words as labelingEnglish } from "@/features/labeling/texts.en";
import { words as labelingChinese } from "@/features/labeling/texts.zh";
import { dictionary, language, preferred, speak } from "@/shared/language/language";
import { words as sharedChinese } from "@/shared/language/texts.zh";
import { sentenceFor } from "@/shared/states/states";
import { ago, count, span } from "@/shared/text/format";

import { ANN } from "../../recorded";
import { serve } from "../../server";

afterEach(() => act(() => speak("en")));

const ROOT = resolve(import.meta.dirname, "../../../..");
const SRC = resolve(ROOT, "frontend/src");

describe("the language", () => {
  test.each([
    [["zh-CN", "en"], "zh-Hans"],
    [["zh-Hant-TW"], "zh-Hans"],
    [["de-AT", "en-GB", "zh"], "en"],
    [["fr"], "en"],
    [[], "en"],
  ])("of a browser that asks for %j is %s", (tags, expected) => expect(preferred(tags)).toBe(expected));

  test("that was chosen is kept on the machine, and told to the page", async () => {
    await speak("zh-Hans");
    expect(localStorage.getItem("labelhub.language.chosen")).toBe('"zh-Hans"');
    expect(document.documentElement.lang).toBe("zh-Hans");
  });

  test("is fetched only where it is spoken, and once", async () => {
    const fetched = vi.fn(async () => ({ words: { greet: "你好" } }));
    const texts = dictionary({ greet: "Hello" }, { "zh-Hans": fetched });
    await speak("en");
    expect([texts.greet, fetched.mock.calls.length]).toEqual(["Hello", 0]);
    await speak("zh-Hans");
    await speak("zh-Hans");
    expect([texts.greet, fetched.mock.calls.length]).toEqual(["你好", 1]);
  });

  test("stays English where nobody has translated, or where the file can't be fetched", async () => {
    const untold = dictionary({ greet: "Hello" });
    const lost = dictionary({ greet: "Hello" }, { "zh-Hans": () => Promise.reject(new TypeError("gone")) });
    await speak("zh-Hans");
    expect([untold.greet, lost.greet]).toEqual(["Hello", "Hello"]);
  });

  test("reaches words that were taken out of the dictionary before the switch", async () => {
    const { inner } = dictionary(
      { inner: { greet: (name: string) => `Hello ${name}` } },
      {
        "zh-Hans": async () => ({ words: { inner: { greet: (name: string) => `你好，${name}` } } }),
      },
    );
    await speak("zh-Hans");
    expect(inner.greet("安")).toBe("你好，安");
  });

  test("is the one of numbers and times", async () => {
    const now = Date.parse("2026-01-02T12:00:00Z");
    await speak("zh-Hans");
    expect([count(12_400), span(240), ago("2026-01-01T12:00:00Z", now)]).toEqual(["12,400", "4 分钟", "昨天"]);
  });
});

const UNSEEN = { hidden: true }; // jsdom lays nothing out, so Mantine takes the menu for scrolled away

describe("at a switch", () => {
  test("the account's menu offers each language by its own name, and the site follows at once", async () => {
    serve({ "GET /auth/session": { me: ANN }, "GET /projects": [] });
    render(<App />);
    await userEvent.click(await screen.findByRole("button", { name: "Account of ann" }));
    const [english, chinese] = within(await screen.findByRole("menu")).getAllByRole("menuitemradio", UNSEEN);
    expect(english).toBeChecked();
    expect(english).toHaveTextContent("English");
    await userEvent.click(chinese!, { pointerEventsCheck: 0 });
    expect(await screen.findByRole("button", { name: "ann 的账户" })).toBeVisible();
    expect(language()).toBe("zh-Hans");
  });

  test("what was typed on the sign-in page stays", async () => {
    serve({ "GET /auth/session": { me: null } });
    render(<App />);
    await userEvent.type(await screen.findByLabelText("Name"), "ann");
    await userEvent.click(screen.getByRole("button", { name: "简体中文" }));
    expect(await screen.findByLabelText("用户名")).toHaveValue("ann");
  });
});

const OF_TOKENS = ["bad_token", "token_expired", "out_of_scope"]; // told to scripts, which read no Chinese

describe("what the server says", () => {
  test("is told in the chosen language by its code, else in the server's own words", async () => {
    await speak("zh-Hans");
    expect(sentenceFor(new ApiError(429, "locked_out", "Too many."))).toBe(sharedChinese.refusal("locked_out"));
    expect(sentenceFor(new ApiError(409, "brand_new", "A new sentence."))).toBe("A new sentence.");
  });

  test("has a Chinese sentence for every reason why there is nothing to rate", () => {
    const reasons = readFileSync(resolve(ROOT, "labelhub/queries/labeling/queue.py"), "utf8").matchAll(/^ {4}[A-Z_]+ = "([a-z_]+)", "/gm);
    const codes = [...reasons].map(([, code]) => code!);
    expect(codes).toContain("all_leased");
    expect(codes.filter((code) => labelingChinese.nothing.why(code) === undefined)).toEqual([]);
  });

  test("has a Chinese sentence for every refusal at the sign-in", () => {
    const refusals = readFileSync(resolve(ROOT, "labelhub/api/http/refusals.py"), "utf8").matchAll(/code, status(?:, sentence)? = "([a-z_]+)"/g);
    const forPeople = [...refusals].map(([, code]) => code!).filter((code) => !OF_TOKENS.includes(code));
    expect(forPeople).toContain("locked_out");
    expect(forPeople.filter((code) => sharedChinese.refusal(code) === undefined)).toEqual([]);
  });
});

describe("a translation", () => {
  const translated = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith("texts.zh.ts"));

  test("is there for everything a labeler meets", () => {
    const owners = translated.map((name) => name.replace("/texts.zh.ts", "")).sort();
    expect(owners).toEqual(
      expect.arrayContaining(["app", "features/accounts", "features/labeling", "features/labeling/practice", "shared/language"]),
    );
  });

  test.each(translated)("%s leaves no sentence in English", (name) => {
    const latin = /\b[a-z]{3,}\b/g;
    const source = readFileSync(resolve(SRC, name), "utf8").replaceAll(/\$\{[^}]*\}|^import .*$/gm, "");
    const strings = [...source.matchAll(/(?:"([^"\n]*)"|`([^`\n]*)`)/g)].map(([, quoted, ticked]) => quoted ?? ticked ?? "");
    const english = strings.filter((text) => (text.match(latin) ?? []).length > 1 && !/[\u4e00-\u9fff]/.test(text));
    expect(english).toEqual([]);
  });

  test("says its numbers where English says them", () => {
    expect(labelingChinese.steps.unrated(3)).toContain("3");
    expect(labelingEnglish.steps.unrated(3)).toContain("3");
  });
});
