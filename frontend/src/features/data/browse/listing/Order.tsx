import { Select } from "@mantine/core";

import { texts } from "../texts";
import type { Narrowing } from "./address";

/** The orders that an index serves; the first is the one that is taken where none is asked for. */
export function Order({ asked, change, orders }: Narrowing & { orders: Readonly<Record<string, string>> }) {
  const [first = ""] = Object.keys(orders);
  return (
    <Select
      aria-label={texts.sort}
      w={190}
      allowDeselect={false}
      data={Object.entries(orders).map(([value, label]) => ({ value, label }))}
      value={asked.sort ?? first}
      onChange={(chosen) => change({ sort: chosen === first ? null : chosen })}
    />
  );
}
