import { Anchor, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";

import { progressQuery } from "@/api/queries";
import type { Generation } from "@/api/types";
import { paths } from "@/shared/paths";

import { watching } from "../texts.watch";

const words = watching.next;

/** What there is to do now, if anything: for who has never seen a generation. */
export function Next({ slug, generation, operates }: { slug: string; generation: Generation; operates: boolean }) {
  return (
    <Text c="dimmed" mt={4}>
      {says(slug, generation, operates)}
    </Text>
  );
}

function says(slug: string, generation: Generation, operates: boolean): ReactNode {
  const { state, items } = generation;
  switch (state) {
    case "ahead":
      return <Ahead slug={slug} generation={generation} operates={operates} />;
    case "scoring":
    case "selecting":
      return words.preparing;
    case "labeling":
      return items.open + items.leased === 0 ? words.full : items.leased + items.done > 0 ? words.open : <Nobody slug={slug} operates={operates} />;
    case "training":
    case "evaluating":
      return words.learning;
    case "failed":
      return words.failed;
    case "cancelled":
      return <Ended slug={slug} says={words.cancelled} checkpoint={null} operates={operates} />;
    case "closed":
      return <Ended slug={slug} says={words.closed} checkpoint={generation.checkpoint} operates={operates} />;
  }
}

function Ahead({ slug, generation: { number }, operates }: { slug: string; generation: Generation; operates: boolean }) {
  return (
    <>
      {words.ahead(number - 1)} {operates ? <To to={paths.launch(slug)}>{words.launchIt}</To> : words.launchIt}.
    </>
  );
}

function Nobody({ slug, operates }: { slug: string; operates: boolean }) {
  return (
    <>
      {words.nobody} {operates && <To to={paths.people(slug)}>{words.invite}</To>}
    </>
  );
}

interface EndedProps {
  readonly slug: string;
  readonly says: string;
  readonly checkpoint: number | null;
  readonly operates: boolean;
}

/** What it led to, and the next launch unless a generation is under way. */
function Ended({ slug, says, checkpoint, operates }: EndedProps) {
  const progress = useQuery(progressQuery(slug));
  const mayLaunch = operates && progress.data?.generation === null;
  const ways = [
    checkpoint !== null && <To to={paths.checkpoint(slug, checkpoint)}>{words.checkpoint(checkpoint)}</To>,
    mayLaunch && <To to={paths.launch(slug)}>{checkpoint === null ? words.launchFirst : words.launch}</To>,
  ].filter(Boolean);
  return (
    <>
      {says} {ways[0]}
      {ways[1] && ` ${words.or} `}
      {ways[1]}
      {ways.length > 0 && "."}
    </>
  );
}

function To({ to, children }: { to: string; children: ReactNode }) {
  return (
    <Anchor inherit underline="always" component={Link} to={to}>
      {children}
    </Anchor>
  );
}
