import { Button, FileButton, Group, Progress, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type DragEvent, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { importsQuery } from "@/api/queries";
import type { ImportFormat, Split } from "@/api/types";
import { fieldError } from "@/shared/fields";
import { bytes, percent } from "@/shared/format";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states";

import classes from "./corpus.module.css";
import { texts } from "./texts";
import { upload, type Upload } from "./upload";

const words = texts.import;
const FORMATS = Object.entries(words.formats).map(([value, label]) => ({ value, label }));
const SPLITS = Object.entries(words.splits).map(([value, label]) => ({ value, label }));

export function UploadForm({ slug }: { slug: string }) {
  const [file, setFile] = useState<File | null>(null);
  const [format, setFormat] = useState<ImportFormat>("auto");
  const [split, setSplit] = useState("none");
  const { send, share } = useUpload(slug);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (file) send.mutate({ file, format, split: split === "none" ? null : (split as Split) });
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <DropPlace file={file} onFile={setFile} />
        <Group align="flex-start">
          <Select
            label={words.format}
            w={300}
            allowDeselect={false}
            data={FORMATS}
            value={format}
            error={fieldError(send.error, "format")}
            onChange={(value) => value && setFormat(value as ImportFormat)}
          />
          <Select
            label={words.split}
            description={words.splitHint}
            w={380}
            allowDeselect={false}
            data={SPLITS}
            value={split}
            onChange={(value) => value && setSplit(value)}
          />
        </Group>
        {send.isPending && (
          <div>
            <Text size="sm">{words.uploading(percent(share, 0))}</Text>
            <Progress value={share * 100} aria-label={words.uploading(percent(share, 0))} />
          </div>
        )}
        {send.isError && <Failure error={send.error} title={words.failed} />}
        <Button type="submit" w="fit-content" disabled={!file} loading={send.isPending}>
          {words.submit}
        </Button>
      </Stack>
    </form>
  );
}

function useUpload(slug: string) {
  const [share, setShare] = useState(0);
  const client = useQueryClient();
  const navigate = useNavigate();
  const send = useMutation({
    mutationFn: (what: Upload) => upload(slug, what, setShare),
    onSuccess: async ({ id }) => {
      await client.invalidateQueries(importsQuery(slug));
      await navigate(paths.importOf(slug, id));
    },
  });
  return { send, share };
}

function DropPlace({ file, onFile }: { file: File | null; onFile: (file: File | null) => void }) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFile(event.dataTransfer.files[0] ?? null);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <div className={classes.drop} data-over={over || undefined} onDrop={drop} onDragOver={drag} onDragLeave={() => setOver(false)}>
      <Text fw={550}>{file ? words.chosen(file.name, bytes(file.size)) : words.drop}</Text>
      <Text size="sm" c="dimmed">
        {words.dropHint}
      </Text>
      <FileButton onChange={onFile} accept=".jsonl,.ndjson,.json,.txt">
        {(props) => (
          <Button variant="default" mt="xs" {...props}>
            {words.choose}
          </Button>
        )}
      </FileButton>
    </div>
  );
}
