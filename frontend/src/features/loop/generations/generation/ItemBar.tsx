import { Anchor, ColorSwatch, Group, Progress } from "@mantine/core";
import { Link } from "react-router";

import type { Generation } from "@/api/types";
import { Section } from "@/shared/layout/Page";
import { count } from "@/shared/text/format";

import { picksOf } from "../describe";
import classes from "../generations.module.css";
import { itemsAt } from "../queries";
import { texts } from "../texts";

const words = texts.page;

const PARTS = [
  { state: "done", color: "var(--lh-great)" },
  { state: "leased", color: "var(--lh-accent)" },
  { state: "open", color: "var(--lh-series-pool)" },
  { state: "withdrawn", color: "var(--lh-okay)" },
] as const;

/** How far the batch is, as one bar; each count leads to its items. */
export function ItemBar({ slug, generation }: { slug: string; generation: Generation }) {
  const all = picksOf(generation);
  const told = PARTS.filter(({ state }) => generation.items[state] > 0);
  return (
    <Section title={words.items}>
      <Progress.Root size="xl" aria-hidden>
        {told.map(({ state, color }) => (
          <Progress.Section key={state} value={(generation.items[state] / all) * 100} color={color} />
        ))}
      </Progress.Root>
      <Group component="ul" className={classes.legend} gap="md">
        {told.map(({ state, color }) => (
          <li key={state}>
            <ColorSwatch component="span" size={10} radius={2} color={color} withShadow={false} aria-hidden />
            <Anchor inherit component={Link} to={itemsAt(slug, generation.number, { state })}>
              {`${count(generation.items[state])} ${words.itemCounts[state]}`}
            </Anchor>
          </li>
        ))}
      </Group>
    </Section>
  );
}
