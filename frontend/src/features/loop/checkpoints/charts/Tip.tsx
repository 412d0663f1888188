import { Paper, Text } from "@mantine/core";

/** What a point of a chart says when it is pointed at. */
export function Tip({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <Paper withBorder shadow="sm" px="sm" py="xs" maw={420}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      {lines.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Paper>
  );
}
