import { Alert, Button, Card, Group, List, Progress, Stack, Table, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { sentenceFor, Waiting } from "@/shared/states/states";
import { bytes, count, percent } from "@/shared/text/format";

import { checkQuery, type Check, type Checked, type Options, type Row } from "./check";
import { createdOf } from "./report";
import { NOTHING, scan, type Scan } from "./scan";
import { texts } from "./texts";

const words = texts.chosen;
const MOST_COLUMNS = 6;
const MOST_SHOWN = 80; // characters of a cell

interface ChosenFileProps {
  readonly slug: string;
  readonly file: File;
  readonly options: Options;
  readonly onRemove: () => void;
}

/** A file before it is sent: what its first lines are and would do by the server's rules, and which lines are no JSON at all. */
export function ChosenFile({ slug, file, options, onRemove }: ChosenFileProps) {
  const query = useQuery(checkQuery(slug, file, options));
  return (
    <Card withBorder component="article" aria-label={file.name}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <div>
            <Title order={2} size="h5">
              {file.name}
            </Title>
            <Text size="sm" c="dimmed">
              {bytes(file.size)}
              {query.data?.check && ` · ${formatsOf(query.data.check)}`}
            </Text>
          </div>
          <Button size="compact-sm" variant="subtle" color="gray" onClick={onRemove} aria-label={words.removeOf(file.name)}>
            {words.remove}
          </Button>
        </Group>
        {query.isPending && <Waiting lines={2} />}
        {query.isError && (
          <Alert role="alert" color="orange" title={words.unfit}>
            <Text size="sm">{sentenceFor(query.error)}</Text>
          </Alert>
        )}
        {query.data && <Found name={file.name} checked={query.data} />}
        {!query.isError && <Scanned file={file} />}
      </Stack>
    </Card>
  );
}

function formatsOf({ formats }: Check): string {
  const names = texts.formats;
  const told = Object.entries(formats).map(([name]) => (name in names ? names[name as keyof typeof names] : name));
  return told.join(", ") || words.noFormat;
}

function Found({ name, checked: { check, isAll, rows } }: { name: string; checked: Checked }) {
  if (check === null) return <Text size="sm">{words.tooLong}</Text>;
  const created = Object.values(check.created).some((n) => n > 0);
  return (
    <>
      <List size="sm" spacing={2} listStyleType="none">
        <List.Item>
          {isAll ? words.all(check.lines) : words.first(check.lines)} {created ? words.creates(createdOf(check)) : words.createsNothing}
        </List.Item>
        {check.merged > 0 && <List.Item>{words.merged(check.merged)}</List.Item>}
        {check.skipped > 0 && <List.Item>{words.skipped(check.skipped)}</List.Item>}
        {check.waiting > 0 && <List.Item>{words.waiting(check.waiting)}</List.Item>}
        {check.notes.map((note) => (
          <List.Item key={note}>{note}</List.Item>
        ))}
        {Object.keys(check.unread).length > 0 && <List.Item>{words.unread(Object.keys(check.unread).join(", "))}</List.Item>}
        {check.rejected > 0 && (
          <List.Item>
            <strong>{words.rejected(check.rejected)}</strong>
            <List size="sm" spacing={2} withPadding>
              {check.reasons.slice(0, 5).map(({ reason, lines, count: n }) => (
                <List.Item key={reason}>
                  {reason} <Where lines={lines} count={n} />
                </List.Item>
              ))}
            </List>
          </List.Item>
        )}
      </List>
      {rows.length > 0 && <FirstRows name={name} rows={rows} />}
    </>
  );
}

function Where({ lines, count: n }: { lines: readonly number[]; count: number }) {
  return (
    <Text span inherit c="dimmed">
      {texts.lines(lines.map(count).join(", "), n, count(n - lines.length), n > lines.length)}
    </Text>
  );
}

function FirstRows({ name, rows }: { name: string; rows: readonly Row[] }) {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shown = columns.slice(0, MOST_COLUMNS);
  return (
    <div>
      <Table.ScrollContainer minWidth={120 * shown.length} tabIndex={0} role="group" aria-label={words.rows(name)}>
        <Table verticalSpacing={2} fz="xs" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              {shown.map((field) => (
                <Table.Th key={field}>{field}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, index) => (
              <Table.Tr key={index}>
                {shown.map((field) => (
                  <Table.Td key={field} style={{ verticalAlign: "top" }}>
                    {cell(row[field])}
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {columns.length > shown.length && (
        <Text size="xs" c="dimmed">
          {words.moreFields(columns.slice(MOST_COLUMNS).join(", "))}
        </Text>
      )}
    </div>
  );
}

function cell(value: unknown): string {
  const text = value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value);
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}

/** Every line of the file, as far as that can be told without the server. */
function Scanned({ file }: { file: File }) {
  const { lines, flawed, flaws, share } = useScan(file);
  const told = flaws.map(({ line, flaw }) => `${count(line)} (${words.flaws[flaw]})`).join(", ");
  return (
    <div>
      <Text size="sm" c={flawed > 0 ? undefined : "dimmed"}>
        {share < 1 ? words.scanning(count(lines), percent(share, 0)) : words.scanned(lines)}{" "}
        {flawed > 0 ? words.flawed(flawed, told, flawed > flaws.length) : share === 1 && words.flawless}
      </Text>
      {share < 1 && <Progress size="xs" mt={4} value={share * 100} aria-label={words.scanning(count(lines), percent(share, 0))} />}
    </div>
  );
}

function useScan(file: File): Scan {
  const [found, setFound] = useState(NOTHING);
  useEffect(() => {
    const control = new AbortController();
    setFound(NOTHING);
    void scan(file, setFound, control.signal).catch(() => undefined); // a file that vanished is told by its upload
    return () => control.abort();
  }, [file]);
  return found;
}
