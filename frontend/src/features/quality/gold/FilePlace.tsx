import { Button, FileButton, Text } from "@mantine/core";
import { useState, type DragEvent } from "react";

import { bytes } from "@/shared/format";

import classes from "../quality.module.css";
import { texts } from "./texts";

const words = texts.importing;

/** Where a file is dropped or chosen. */
export function FilePlace({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const [over, setOver] = useState(false);
  const take = (found: File | null | undefined) => found && onFile(found);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    take(event.dataTransfer.files[0]);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div className={classes.drop} data-over={over || undefined} onDrop={drop} onDragOver={drag} onDragLeave={() => setOver(false)}>
      <Text fw={550}>{file ? words.chosen(file.name, bytes(file.size)) : words.drop}</Text>
      <Text size="sm" c="dimmed">
        {file ? words.again : words.dropHint}
      </Text>
      <FileButton onChange={take} accept=".jsonl,.ndjson,.json,.txt">
        {(props) => (
          <Button variant="default" mt="xs" {...props}>
            {words.choose}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
