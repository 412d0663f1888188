import { Group, Text } from "@mantine/core";

export type Mark = "line" | "dot" | "tick";

interface Entry {
  readonly name: string;
  readonly color: string;
  readonly dash?: string;
  readonly mark?: Mark;
}

/** What each line or mark of a chart is, by its form as well as its colour. */
export function Legend({ entries }: { entries: readonly Entry[] }) {
  return (
    <Group gap="md" mb="xs">
      {entries.map(({ name, color, dash, mark = "line" }) => (
        <Group key={name} gap={6} wrap="nowrap">
          <svg aria-hidden width="26" height="12" style={{ color, flex: "none" }}>
            {mark === "line" && <line x1="1" y1="6" x2="25" y2="6" stroke="currentColor" strokeWidth="2.5" strokeDasharray={dash} />}
            {mark === "dot" && <circle cx="13" cy="6" r="4.5" fill="currentColor" />}
            {mark === "tick" && <line x1="13" y1="0" x2="13" y2="12" stroke="currentColor" strokeWidth="2" strokeDasharray="2 2" />}
          </svg>
          <Text size="sm">{name}</Text>
        </Group>
      ))}
    </Group>
  );
}
