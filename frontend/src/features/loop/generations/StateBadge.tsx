import { Badge } from "@mantine/core";

import { isLive } from "@/api/queries";
import type { Generation } from "@/api/types";

import { texts } from "./texts";

export function StateBadge({ generation }: { generation: Generation }) {
  const color = generation.state === "failed" ? "orange" : isLive(generation) ? "blue" : "gray";
  return (
    <Badge variant="light" color={color} radius="sm" tt="none" miw="max-content">
      {texts.states[generation.state]}
    </Badge>
  );
}
