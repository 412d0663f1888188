import { SimpleGrid } from "@mantine/core";

import type { Generation } from "@/api/types";
import { Section } from "@/shared/layout/Page";

import type { Watch } from "../queries";
import { watching } from "../texts.watch";
import { Composition, Mix, MistakeSteps, MistakeTenths } from "./LabelFigures";
import { Leases } from "./Leases";
import { People } from "./People";
import { Reasons } from "./Reasons";
import { TimesAndCost } from "./TimesAndCost";

interface WatchingProps {
  readonly slug: string;
  readonly generation: Generation;
  readonly watch: Watch;
  readonly operates: boolean;
}

/** What can be seen of the labeling: who is at it, what is in it, what the labels say, what they cost. */
export function Watching({ slug, generation: { number, labeling_at }, watch, operates }: WatchingProps) {
  const of = { slug, number };
  if (labeling_at === null && watch.composition.length === 0) return null;
  return (
    <>
      <Section title={watching.people.title}>
        <People {...of} people={watch.people} now={watch.at} />
      </Section>
      <Section title={watching.leases.title}>
        <Leases {...of} leases={watch.leases} all={watch.leased} operates={operates} />
      </Section>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl">
        <Composition {...of} rows={watch.composition} />
        <Mix {...of} rows={watch.mix} />
        <MistakeSteps {...of} mistakes={watch.mistakes} />
        <MistakeTenths {...of} mistakes={watch.mistakes} />
      </SimpleGrid>
      <Section title={watching.times.title}>
        <TimesAndCost {...of} times={watch.times} cost={watch.cost} />
      </Section>
      <Section title={watching.reasons.title}>
        <Reasons {...of} reasons={watch.reasons} />
      </Section>
    </>
  );
}
