import { render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, test, vi } from "vitest";

import { AsWritten, MathText } from "@/shared/mathematics/MathText";

const root = document.documentElement;
const system = (more: boolean) =>
  vi
    .spyOn(window, "matchMedia")
    .mockImplementation((media) => ({ matches: more && media.includes("contrast"), media, addEventListener: vi.fn() }) as unknown as MediaQueryList);
/** As after a reload: what is kept on the machine is read anew. */
async function opened() {
  vi.resetModules();
  return import("@/shared/view/view");
}

beforeEach(() => void system(false));

describe("the size of what is read", () => {
  test("goes up and down by steps, and is kept", async () => {
    const { resize } = await opened();
    resize(1);
    expect(root.style.getPropertyValue("--lh-text")).toBe("1.15");
    await opened();
    expect(root.style.getPropertyValue("--lh-text")).toBe("1.15");
  });

  test("ends somewhere", async () => {
    const { resize, SIZES } = await opened();
    for (let times = 0; times < 20; times++) resize(1);
    expect(root.style.getPropertyValue("--lh-text")).toBe(String(SIZES.at(-1)));
    for (let times = 0; times < 20; times++) resize(-1);
    expect(root.style.getPropertyValue("--lh-text")).toBe(String(SIZES[0]));
  });

  test.each(["99", "-1", '"x"', "{"])("kept as something else (%s) is the usual one", async (kept) => {
    localStorage.setItem("labelhub.view.size", kept);
    await opened();
    expect(root.style.getPropertyValue("--lh-text")).toBe("1");
  });
});

describe("high contrast", () => {
  test("follows the system until somebody chooses", async () => {
    system(true);
    const { setHighContrast } = await opened();
    expect(root.dataset.contrast).toBe("more");
    setHighContrast(false);
    await opened();
    expect(root.dataset.contrast).toBe("usual");
  });

  test("that was chosen stays where the system asks for none", async () => {
    (await opened()).setHighContrast(true);
    await opened();
    expect(root.dataset.contrast).toBe("more");
  });
});

describe("text as people wrote it", () => {
  const text = 'So $\\frac{1}{2}$ and $\\frac{1}{$.\n```python\nx = "$y$"\n```\nthen `a < b`.';

  test("has its mathematics set, its code in blocks, and what can't be read marked and whole", () => {
    const { container } = render(<MathText text={text} />);
    expect(container.querySelectorAll(".katex")).toHaveLength(1);
    expect([...container.querySelectorAll("code")].map((code) => code.textContent)).toEqual(["$\\frac{1}{$", 'x = "$y$"', "a < b"]);
    expect(screen.getByRole("img", { name: /could not be read/ })).toBeVisible();
  });

  test("is shown to the letter where its source is asked for", () => {
    const { container } = render(
      <AsWritten value>
        <MathText text={text} />
      </AsWritten>,
    );
    expect(container.textContent).toBe(text);
    expect(container.querySelector(".katex")).toBeNull();
  });
});
