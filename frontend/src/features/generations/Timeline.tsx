import { Text, Timeline } from "@mantine/core";

import { Ago } from "@/shared/Ago";
import { Section } from "@/shared/Page";

import type { Watch } from "./queries";
import { watching } from "./texts.watch";

const words = watching.timeline;

/** The stages in their order with when each was reached. */
export function Stages({ timeline }: { timeline: Watch["timeline"] }) {
  const reached = timeline.findLastIndex(({ at }) => at !== null);
  return (
    <Section title={words.title}>
      <Timeline active={reached} bulletSize={14} lineWidth={2}>
        {timeline.map(({ stage, at }, index) => (
          <Timeline.Item key={stage} title={words[stage]}>
            <Text size="sm" c="dimmed">
              {at === null ? (index < reached ? words.passed : words.toCome) : <Ago at={at} />}
            </Text>
          </Timeline.Item>
        ))}
      </Timeline>
    </Section>
  );
}
