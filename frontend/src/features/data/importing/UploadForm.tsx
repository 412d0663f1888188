import { Button, Group, Progress, Select, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useNavigate } from "react-router";

import { importsQuery } from "@/api/queries";
import type { Import, ImportFormat, Split } from "@/api/types";
import { fieldError } from "@/shared/forms/fields";
import { paths } from "@/shared/paths";
import { Failure } from "@/shared/states/states";
import { percent } from "@/shared/text/format";

import { checkQuery, idOf, inOrder, type Options } from "./check";
import { ChosenFile } from "./ChosenFile";
import { FilesPlace } from "./FilesPlace";
import { texts as words } from "./texts";
import { upload } from "./upload";

const FORMATS = Object.entries(words.formats).map(([value, label]) => ({ value, label }));
const SPLITS = Object.entries(words.splits).map(([value, label]) => ({ value, label }));

export function UploadForm({ slug }: { slug: string }) {
  const [files, setFiles] = useState<readonly File[]>([]);
  const [options, setOptions] = useState<Options>({ format: "auto", split: null });
  const remove = (gone: File) => setFiles((before) => before.filter((file) => file !== gone));
  const { send, now } = useUploads(slug, options, remove);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send.mutate(files);
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <FilesPlace onFiles={(more) => setFiles((before) => [...before, ...more])} />
        {files.map((file) => (
          <ChosenFile key={idOf(file)} slug={slug} file={file} options={options} onRemove={() => remove(file)} />
        ))}
        <Choices options={options} error={send.error} onChange={setOptions} />
        {now && (
          <div>
            <Text size="sm">{words.uploading(now.name, percent(now.share, 0))}</Text>
            <Progress value={now.share * 100} aria-label={words.uploading(now.name, percent(now.share, 0))} />
          </div>
        )}
        {send.isError && <Failure error={send.error} title={words.failed} />}
        <Button type="submit" w="fit-content" disabled={files.length === 0} loading={send.isPending}>
          {files.length > 1 ? words.submitSeveral(files.length) : words.submit}
        </Button>
      </Stack>
    </form>
  );
}

interface ChoicesProps {
  readonly options: Options;
  readonly error: unknown;
  readonly onChange: (options: Options) => void;
}

function Choices({ options, error, onChange }: ChoicesProps) {
  return (
    <Group align="flex-start">
      <Select
        label={words.format}
        description={words.formatHint}
        w={300}
        allowDeselect={false}
        data={FORMATS}
        value={options.format}
        error={fieldError(error, "format")}
        onChange={(value) => value && onChange({ ...options, format: value as ImportFormat })}
      />
      <Select
        label={words.split}
        description={words.splitHint}
        w={380}
        allowDeselect={false}
        data={SPLITS}
        value={options.split ?? "none"}
        onChange={(value) => value && onChange({ ...options, split: value === "none" ? null : (value as Split) })}
      />
    </Group>
  );
}

/** One after another, problems first; what is up leaves the form, and what was refused stays in it with those behind. */
function useUploads(slug: string, options: Options, onDone: (file: File) => void) {
  const [now, setNow] = useState<{ name: string; share: number } | null>(null);
  const client = useQueryClient();
  const navigate = useNavigate();
  const checkOf = (file: File) => client.getQueryData(checkQuery(slug, file, options).queryKey)?.check;
  const send = useMutation({
    mutationFn: async (files: readonly File[]) => {
      const made: Import[] = [];
      for (const file of inOrder(files, checkOf)) {
        const tell = (share: number) => setNow({ name: file.name, share });
        tell(0);
        made.push(await upload(slug, { file, ...options }, tell));
        onDone(file);
      }
      return made;
    },
    onSuccess: async ([only, ...others]) => {
      if (only && others.length === 0) await navigate(paths.importOf(slug, only.id));
    },
    onSettled: () => {
      setNow(null);
      return client.invalidateQueries(importsQuery(slug));
    },
  });
  return { send, now };
}
