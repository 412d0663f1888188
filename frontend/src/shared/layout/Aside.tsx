import { Text } from "@mantine/core";

/** What is said beside a name, quieter. */
export function Aside({ children, title }: { children: string; title?: string }) {
  return (
    <Text span size="sm" c="dimmed" title={title}>
      {` · ${children}`}
    </Text>
  );
}
