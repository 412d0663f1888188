import { Button, FileInput, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";

import { JSON_LINES } from "@/shared/forms/DropPlace";
import { Failure } from "@/shared/states/states";

import { useMoreScores } from "../queries";
import { texts as words } from "./texts";

/** Of a checkpoint of imported scores: what it lacks, to be scored elsewhere, and a place for such scores. */
export function MoreScores({ slug, number }: { slug: string; number: number }) {
  const [opened, setOpened] = useState(false);
  const [file, setFile] = useState<File | null>(null);
  const add = useMoreScores(slug, number, () => setOpened(false));
  return (
    <>
      <Button component="a" variant="default" href={`/api/v1/projects/${slug}/checkpoints/${number}/scores`} download>
        {words.unscored}
      </Button>
      <Button variant="default" onClick={() => setOpened(true)}>
        {words.more}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={words.moreTitle}>
        <Stack>
          <Text size="sm">{words.moreDetail}</Text>
          <FileInput label={words.file} description={words.fileHint} accept={JSON_LINES} value={file} onChange={setFile} />
          {add.isError && <Failure error={add.error} title={words.moreFailed} />}
          <Button w="fit-content" disabled={!file} loading={add.isPending} onClick={() => file && add.mutate(file)}>
            {words.submit}
          </Button>
        </Stack>
      </Modal>
    </>
  );
}
