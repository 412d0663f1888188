import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";

import { csv } from "@/shared/figures/csv";
import { Figure, type Column } from "@/shared/figures/Figure";
import { percent } from "@/shared/text/format";

import { ANN } from "../../recorded";
import { renderAs } from "../../render";

interface Share {
  readonly stratum: string;
  readonly items: number | null;
  readonly share: number;
}

const COLUMNS: readonly Column<Share>[] = [
  { title: "Stratum", value: (row) => row.stratum },
  { title: "Items", value: (row) => row.items, link: (row) => (row.items === null ? null : `/items?stratum=${row.stratum}`) },
  { title: "Share (%)", value: (row) => row.share, show: percent },
];
const ROWS: readonly Share[] = [
  { stratum: "wrong", items: 60, share: 0.75 },
  { stratum: "control, uniform", items: null, share: 0.25 },
];

function drawn(rows = ROWS) {
  return renderAs(
    ANN,
    <Figure
      title="Composition"
      sentence="Three of four are wrong."
      axes={{ x: "Stratum", y: "Items (count)" }}
      columns={COLUMNS}
      rows={rows}
      empty="Nothing was selected yet."
      file="composition"
    >
      <div data-testid="chart" />
    </Figure>,
  );
}

describe("a figure", () => {
  test("says what it shows, and names its axes", () => {
    drawn();
    expect(screen.getByRole("figure", { name: "Composition" })).toHaveTextContent("Three of four are wrong.");
    expect(screen.getByText("Items (count)")).toBeVisible();
    expect(screen.getByTestId("chart")).toBeVisible();
  });

  test("has its rows as a table one click away, numbers as people read them, and links to what is behind them", async () => {
    drawn();
    await userEvent.click(screen.getByText("Table"));
    const table = within(screen.getByRole("table", { name: "Composition" }));
    expect(table.getAllByRole("row").map((row) => row.textContent)).toEqual(["StratumItemsShare (%)", "wrong6075.0%", "control, uniform–25.0%"]);
    expect(table.getByRole("link", { name: "60" })).toHaveAttribute("href", "/items?stratum=wrong");
  });

  test("hands out the same rows as CSV, numbers as they are", async () => {
    const saved: Blob[] = [];
    Object.assign(URL, { createObjectURL: (blob: Blob) => (saved.push(blob), "blob:x"), revokeObjectURL: vi.fn() });
    const click = vi.spyOn(HTMLAnchorElement.prototype, "click").mockImplementation(() => undefined);
    drawn();
    await userEvent.click(screen.getByRole("button", { name: "Composition as CSV" }));
    expect(click).toHaveBeenCalledOnce();
    expect(click.mock.instances[0]).toHaveProperty("download", "composition.csv");
    expect(await read(saved[0]!)).toBe('Stratum,Items,Share (%)\r\nwrong,60,0.75\r\n"control, uniform",,0.25\r\n');
    click.mockRestore();
  });

  test("without rows says why, and draws and offers nothing", () => {
    drawn([]);
    expect(screen.getByText("Nothing was selected yet.")).toBeVisible();
    expect(screen.queryByTestId("chart")).toBeNull();
    expect(screen.queryByRole("button")).toBeNull();
  });
});

describe("a CSV", () => {
  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])("never lets %j be run as a formula", (cell) => {
    expect(
      csv([[cell]])
        .replaceAll('"', "")
        .startsWith("'"),
    ).toBe(true);
  });

  test("leaves a negative number a number", () => {
    expect(csv([[-1.5, "a"]])).toBe("-1.5,a\r\n");
  });

  test("can be read back by RFC 4180, whatever is in its cells", () => {
    const cell = fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", "a", "é", "=") });
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 2, maxLength: 2 }), { minLength: 1 }), (rows) => {
        expect(parsed(csv(rows))).toEqual(rows.map((row) => row.map((text) => (/^[=\r]/.test(text) ? `'${text}` : text))));
      }),
    );
  });
});

/** RFC 4180, read back a field at a time. */
function parsed(text: string): string[][] {
  const fields = text.matchAll(/(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/g);
  const rows: string[][] = [[]];
  for (const [, quoted, plain, end] of fields) {
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain ?? "");
    if (end === "\r\n") rows.push([]);
  }
  return rows.slice(0, -1);
}

function read(blob: Blob): Promise<string> {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.readAsText(blob);
  });
}
