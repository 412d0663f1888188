import { Button, FileButton, Text } from "@mantine/core";
import { useState, type DragEvent } from "react";

import classes from "./corpus.module.css";
import { texts } from "./texts";

const words = texts.import;

/** Where files are dropped, or chosen by a button. */
export function DropPlace({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
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
    <div className={classes.drop} data-over={over || undefined} onDrop={drop} onDragOver={drag} onDragLeave={() => setOver(false)}>
      <Text fw={550}>{words.drop}</Text>
      <Text size="sm" c="dimmed">
        {words.dropHint}
      </Text>
      <FileButton onChange={onFiles} accept=".jsonl,.ndjson,.json,.txt" multiple>
        {(props) => (
          <Button variant="default" mt="xs" {...props}>
            {words.choose}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
