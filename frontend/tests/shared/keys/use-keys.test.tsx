import { screen } from "@testing-library/react";
import { useEffect, useState } from "react";
import { expect, test, vi } from "vitest";

import { keymap } from "@/shared/keys/keys";
import { useKeys } from "@/shared/keys/use-keys";

import { ANN } from "../../recorded";
import { renderAs } from "../../render";

const KEYS = keymap([{ name: "go", keys: ["g"], label: () => "Go", does: "go" }]);

/** A page that has come from the server, say: nobody's key or click drew it. */
function Late({ act }: { act: () => boolean }) {
  const [there, setThere] = useState(false);
  useEffect(() => void setTimeout(() => setThere(true)), []);
  useKeys(KEYS, act, there);
  return there ? <p>Here it is.</p> : null;
}

test("a key is heard from the moment that what it acts on is drawn", async () => {
  const act = vi.fn(() => true);
  const drawn = new MutationObserver(() => {
    drawn.disconnect();
    document.dispatchEvent(new KeyboardEvent("keydown", { key: "g", bubbles: true }));
  });
  const { container } = renderAs(ANN, <Late act={act} />);
  drawn.observe(container, { childList: true, subtree: true });
  await screen.findByText("Here it is.");
  expect(act).toHaveBeenCalledExactlyOnceWith("go");
});
