import { Text, Timeline } from "@mantine/core";

import { Section } from "@/shared/layout/Page";
import { Ago } from "@/shared/text/Ago";

import type { Watch } from "../queries";
import { watching } from "../texts.watch";

const words = watching.timeline;

/** The stages in their order with when each was reached; what was left out on the way there is gray. */
export function Stages({ timeline }: { timeline: Watch["timeline"] }) {
  const last = timeline.findLastIndex(({ at }) => at !== null);
  return (
    <Section title={words.title}>
      <Timeline active={last} bulletSize={14} lineWidth={2}>
        {timeline.map(({ stage, at, reach }) => (
          <Timeline.Item key={stage} title={words[stage]} color={at === null ? "gray" : undefined}>
            <Text size="sm" c="dimmed">
              {at !== null ? <Ago at={at} /> : reach !== "reached" && words.reach[reach]}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Section>
  );
}
