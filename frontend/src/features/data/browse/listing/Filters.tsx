import { Button, Group, Pill, Text } from "@mantine/core";
import { useState, type ReactNode } from "react";

import classes from "../browse.module.css";
import { texts } from "../texts";
import type { Asked, Narrowing } from "./address";

interface FiltersProps extends Narrowing {
  readonly children: ReactNode;
  /** Those that are seldom asked for, behind a disclosure that starts open where one of them is set. */
  readonly more: ReactNode;
  readonly rare: readonly string[];
  /** What only a link narrows by, in words. */
  readonly pinned: Readonly<Record<string, (value: string) => string>>;
}

export function Filters({ asked, change, children, more, rare, pinned }: FiltersProps) {
  const set = rare.filter((name) => name in asked).length;
  const [open, setOpen] = useState(set > 0);
  return (
    <div role="search" className={classes.filters} aria-label={texts.filters}>
      <div className={classes.fields}>{children}</div>
      <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
        <summary className={classes.more}>{set > 0 ? texts.moreSet(set) : texts.more}</summary>
        <div className={classes.fields}>{more}</div>
      </details>
      <Pinned asked={asked} change={change} pinned={pinned} />
    </div>
  );
}

function Pinned({ asked, change, pinned }: Pick<FiltersProps, "asked" | "change" | "pinned">) {
  const shown = Object.entries(pinned).filter(([name]) => name in asked);
  if (!isNarrowed(asked)) return null;
  return (
    <Group gap="xs">
      {shown.length > 0 && <Text size="sm">{texts.pinned}</Text>}
      {shown.map(([name, says]) => {
        const said = says(asked[name]!);
        return (
          <Pill
            key={name}
            withRemoveButton
            onRemove={() => change({ [name]: null })}
            removeButtonProps={{ "aria-label": texts.off(said), tabIndex: 0, "aria-hidden": false }}
          >
            {said}
          </Pill>
        );
      })}
      <Button size="compact-sm" variant="subtle" onClick={() => change(nothingOf(asked))}>
        {texts.reset}
      </Button>
    </Group>
  );
}

export function isNarrowed(asked: Asked): boolean {
  return Object.keys(asked).some((name) => name !== "sort" && name !== "cursor");
}

export function nothingOf(asked: Asked): Record<string, null> {
  return Object.fromEntries(Object.keys(asked).map((name) => [name, null]));
}
