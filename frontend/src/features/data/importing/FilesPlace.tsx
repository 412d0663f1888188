import { Button, FileButton } from "@mantine/core";

import { DropPlace, JSON_LINES } from "@/shared/forms/DropPlace";

import { texts as words } from "./texts";

export function FilesPlace({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  return (
    <DropPlace words={{ title: words.drop, hint: words.dropHint }} p="xl" onFiles={onFiles}>
      <FileButton onChange={onFiles} accept={JSON_LINES} multiple>
        {(props) => (
          <Button variant="default" mt="xs" {...props}>
            {words.choose}
          </Button>
        )}
      </FileButton>
    </DropPlace>
  );
}
