import { Button, FileButton } from "@mantine/core";

import { DropPlace, JSON_LINES } from "@/shared/forms/DropPlace";
import { bytes } from "@/shared/text/format";

import { texts } from "../texts";

const words = texts.importing;

/** Where a file is dropped or chosen, and then which it is. */
export function FilePlace({ file, onFile }: { file: File | null; onFile: (file: File) => void }) {
  const take = (found: File | null | undefined) => found && onFile(found);
  const told = file ? { title: words.chosen(file.name, bytes(file.size)), hint: words.again } : { title: words.drop, hint: words.dropHint };
  return (
    <DropPlace words={told} p="lg" onFiles={([first]) => take(first)}>
      <FileButton onChange={take} accept={JSON_LINES}>
        {(props) => (
          <Button variant="default" mt="xs" {...props}>
            {words.choose}
          </Button>
        )}
      </FileButton>
    </DropPlace>
  );
}
