import { Anchor, Card, List, SimpleGrid, Text, Title } from "@mantine/core";

import type { GoldSet, Purpose } from "./queries";
import { texts } from "./texts";

const words = texts.sets;

/** Practice, screening and checks side by side: how many there are, and what is wrong with the set in words. */
export function GoldSets({ sets, onShow }: { sets: readonly GoldSet[]; onShow: (purpose: Purpose) => void }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 3 }}>
      {sets.map((set) => (
        <Card key={set.purpose} withBorder component="article" aria-label={texts.purpose[set.purpose]}>
          <Title order={3} size="h5">
            {texts.purpose[set.purpose]}
          </Title>
          <Text size="sm" c="dimmed" mb="xs">
            {texts.what[set.purpose]}
          </Text>
          <Counts set={set} onShow={() => onShow(set.purpose)} />
          <Lacks sentences={set.shortcomings} empty={set.labels === 0} />
        </Card>
      ))}
    </SimpleGrid>
  );
}

function Counts({ set: { purpose, labels, without_mistake, retired }, onShow }: { set: GoldSet; onShow: () => void }) {
  return (
    <Text>
      <Anchor component="button" type="button" fw={600} onClick={onShow} aria-label={`${words.inUse(labels)}: ${texts.purpose[purpose]}`}>
        {words.inUse(labels)}
      </Anchor>
      {labels > 0 && `, ${words.sound(without_mistake, labels)}`}
      {retired > 0 && ` · ${words.retired(retired)}`}
    </Text>
  );
}

export function Lacks({ sentences, empty = false }: { sentences: readonly string[]; empty?: boolean }) {
  if (sentences.length === 0) return empty ? null : <Text size="sm">{words.complete}</Text>;
  return (
    <>
      <Text size="sm" fw={600} c="var(--lh-warning)" mt="xs">
        {words.lacks}
      </Text>
      <List size="sm" spacing={2}>
        {sentences.map((sentence) => (
          <List.Item key={sentence}>{sentence}</List.Item>
        ))}
      </List>
    </>
  );
}
