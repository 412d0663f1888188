import { Anchor, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { isRunning } from "@/api/queries";
import type { ExportFile } from "@/api/types";
import { ConfirmDialog } from "@/shared/forms/ConfirmDialog";
import { texts as shared } from "@/shared/language/texts";
import { WideTable } from "@/shared/layout/WideTable";
import { JobProgress } from "@/shared/states/JobProgress";
import { Empty, Failure, Loaded } from "@/shared/states/states";
import { Ago } from "@/shared/text/Ago";
import { Copyable } from "@/shared/text/Copyable";
import { bytes, count, moment } from "@/shared/text/format";

import { exportFilesQuery, useDeleteFile, useRetry } from "../queries";
import { narrowingOf } from "./export";
import { texts } from "./texts";

const words = texts.files;
const DIGEST_SHOWN = 12; // characters

/** Files that workers wrote or are writing, live. */
export function PreparedFiles({ slug }: { slug: string }) {
  const [leaving, leave] = useState<ExportFile | null>(null);
  const deletion = useDeleteFile(slug);
  return (
    <Stack>
      {deletion.isError && <Failure error={deletion.error} title={words.deleteFailed} />}
      <Loaded query={useQuery(exportFilesQuery(slug))}>
        {(files) =>
          files.length === 0 ? <Empty title={words.none} detail={words.noneDetail} /> : <Files slug={slug} files={files} onDelete={leave} />
        }
      </Loaded>
      <ConfirmDialog
        opened={leaving !== null}
        words={leaving && isRunning(leaving) ? words.giveUpDialog : words.deleteDialog}
        onClose={() => leave(null)}
        onConfirm={() => {
          if (leaving) deletion.mutate(leaving.id);
          leave(null);
        }}
      />
    </Stack>
  );
}

interface FilesProps {
  readonly slug: string;
  readonly files: readonly ExportFile[];
  readonly onDelete: (file: ExportFile) => void;
}

function Files({ slug, files, onDelete }: FilesProps) {
  return (
    <WideTable
      name={words.title}
      minWidth={900}
      verticalSpacing="sm"
      heads={[words.file, { number: words.rows }, { number: words.size }, "SHA-256", words.made, { acts: words.delete }]}
    >
      {files.map((file) => (
        <Table.Tr key={file.id}>
          <Table.Td>
            <Name file={file} />
          </Table.Td>
          {file.state === "done" ? <Came file={file} /> : <Under slug={slug} file={file} />}
          <Table.Td>
            <Made file={file} />
          </Table.Td>
          <Table.Td>
            <Acts file={file} onDelete={onDelete} />
          </Table.Td>
        </Table.Tr>
      ))}
    </WideTable>
  );
}

function Name({ file }: { file: ExportFile }) {
  return (
    <>
      {file.file ? (
        <Anchor inherit href={file.file} download>
          {file.filename}
        </Anchor>
      ) : (
        file.filename
      )}
      <Text size="xs" c="dimmed">
        {narrowingOf(file)}
      </Text>
    </>
  );
}

function Came({ file }: { file: ExportFile }) {
  return (
    <>
      <Table.Td ta="right">
        {count(file.rows ?? 0)}
        {file.rows !== file.labels && (
          <Text size="xs" c="dimmed">
            {words.labels(file.labels ?? 0, file.left_out ?? 0)}
          </Text>
        )}
      </Table.Td>
      <Table.Td ta="right">{bytes(file.size ?? 0)}</Table.Td>
      <Table.Td>
        <Copyable text={file.sha256 ?? ""} shown={(file.sha256 ?? "").slice(0, DIGEST_SHOWN)} />
      </Table.Td>
    </>
  );
}

/** Where it stands, in the place of what is not known yet. */
function Under({ slug, file }: { slug: string; file: ExportFile }) {
  const retry = useRetry(slug);
  return (
    <Table.Td colSpan={3}>
      {isRunning(file) ? (
        <JobProgress job={file} />
      ) : (
        <div role="alert">
          <Text size="sm">
            <span aria-hidden>✕</span> {words.failed(file.message)}
          </Text>
          <Button mt={4} size="compact-xs" variant="default" loading={retry.isPending} onClick={() => retry.mutate(file.id)}>
            {shared.state.retry}
          </Button>
          {retry.isError && <Failure error={retry.error} />}
        </div>
      )}
    </Table.Td>
  );
}

function Made({ file }: { file: ExportFile }) {
  return (
    <>
      <Ago at={file.finished_at ?? file.created_at} />
      <Text size="xs" c="dimmed">
        {words.by(file.created_by)}
        {file.kept_until && ` · ${words.keptUntil(moment(file.kept_until))}`}
      </Text>
    </>
  );
}

function Acts({ file, onDelete }: { file: ExportFile; onDelete: (file: ExportFile) => void }) {
  return (
    <Group gap="xs" justify="flex-end" wrap="nowrap">
      {file.file && (
        <Button component="a" href={file.file} download size="xs" variant="default" aria-label={words.downloadOf(file.filename)}>
          {words.download}
        </Button>
      )}
      <Button
        size="xs"
        variant="subtle"
        color="gray"
        onClick={() => onDelete(file)}
        aria-label={isRunning(file) ? words.giveUpOf(file.filename) : words.deleteOf(file.filename)}
      >
        {isRunning(file) ? words.giveUp : words.delete}
      </Button>
    </Group>
  );
}
