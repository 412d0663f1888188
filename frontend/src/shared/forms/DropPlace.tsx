import { Box, Text, type MantineSpacing } from "@mantine/core";
import { useState, type DragEvent, type ReactNode } from "react";

import classes from "./DropPlace.module.css";

/** What people's files of JSON Lines are called. */
export const JSON_LINES = ".jsonl,.ndjson,.json,.txt";

interface DropPlaceProps {
  readonly words: { readonly title: string; readonly hint: string };
  readonly p: MantineSpacing;
  readonly onFiles: (files: readonly File[]) => void;
  /** The button by which they are chosen. */
  readonly children: ReactNode;
}

/** Where files are dropped, or chosen by a button. */
export function DropPlace({ words, p, onFiles, children }: DropPlaceProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <Box className={classes.drop} p={p} data-over={over || undefined} onDrop={drop} onDragOver={drag} onDragLeave={() => setOver(false)}>
      <Text fw={550}>{words.title}</Text>
      <Text size="sm" c="dimmed">
        {words.hint}
      </Text>
      {children}
    </Box>
  );
}
