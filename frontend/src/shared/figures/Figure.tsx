import { Anchor, Skeleton, Table, Text } from "@mantine/core";
import { Suspense, type ReactNode } from "react";
import { Link } from "react-router";

import { texts } from "../language/texts";
import { NONE } from "../text/format";
import { csv, download, type Cell } from "./csv";
import classes from "./Figure.module.css";

const HEIGHT = 240; // px of the chart, kept while it loads so that nothing jumps

/** A column of the figure's table and of its CSV. A number is written as it is into the file, and as `show` says on the page. */
export interface Column<Row> {
  /** With its unit. */
  readonly title: string;
  readonly value: (row: Row) => Cell;
  readonly show?: (value: number) => string;
  /** Where the items behind this cell are. */
  readonly link?: (row: Row) => string | null;
}

interface FigureProps<Row> {
  readonly title: string;
  /** What the chart says, in a sentence or two under its title. */
  readonly sentence?: ReactNode;
  /** What the axes measure, with units. */
  readonly axes: { readonly x: string; readonly y: string };
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Why there are no rows yet, and what brings them. */
  readonly empty: string;
  /** The file's name, without `.csv`. */
  readonly file: string;
  readonly height?: number;
  /** The chart, `height` high, without axis titles of its own; it may be lazily loaded. */
  readonly children: ReactNode;
}

/** A chart with what it says in words, its table and its file. Every chart of the operator's pages is one. */
export function Figure<Row>(props: FigureProps<Row>) {
  const { title, sentence, rows, empty } = props;
  return (
    <figure className={classes.figure} aria-label={title}>
      <Text component="figcaption" fw={600}>
        {title}
      </Text>
      {sentence && rows.length > 0 && (
        <Text component="div" size="sm" c="dimmed">
          {sentence}
        </Text>
      )}
      {rows.length > 0 ? <Drawn {...props} /> : <Text c="dimmed">{empty}</Text>}
    </figure>
  );
}

function Drawn<Row>({ axes, columns, rows, file, title, height = HEIGHT, children }: FigureProps<Row>) {
  const save = () => download(`${file}.csv`, csv([columns.map((each) => each.title), ...rows.map((row) => columns.map((each) => each.value(row)))]));
  return (
    <>
      <Text size="xs" c="dimmed" mt="xs" mb={4}>
        {axes.y}
      </Text>
      <Suspense fallback={<Skeleton h={height} />}>{children}</Suspense>
      <Text size="xs" c="dimmed" ta="center">
        {axes.x}
      </Text>
      <div className={classes.foot}>
        <details>
          <summary>
            <Text span size="sm" c="dimmed">
              {texts.figure.table}
            </Text>
          </summary>
          <Rows label={title} columns={columns} rows={rows} />
        </details>
        <Anchor component="button" type="button" size="sm" onClick={save} aria-label={texts.figure.saveAs(title)}>
          {texts.figure.csv}
        </Anchor>
      </div>
    </>
  );
}

function Rows<Row>({ label, columns, rows }: { label: string; columns: readonly Column<Row>[]; rows: readonly Row[] }) {
  const side = (column: Column<Row>) => (rows.every((row) => typeof column.value(row) === "string") ? "left" : "right");
  return (
    <Table.ScrollContainer minWidth={0}>
      <Table verticalSpacing={2} aria-label={label}>
        <Table.Thead>
          <Table.Tr>
            {columns.map((column) => (
              <Table.Th key={column.title} ta={side(column)}>
                {column.title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((row, index) => (
            <Table.Tr key={index}>
              {columns.map((column) => (
                <Table.Td key={column.title} ta={side(column)}>
                  <Shown column={column} row={row} />
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function Shown<Row>({ column: { value, show, link }, row }: { column: Column<Row>; row: Row }) {
  const cell = value(row);
  const text = cell === null ? NONE : typeof cell === "number" && show ? show(cell) : String(cell);
  const to = link?.(row) ?? null;
  return to === null ? (
    text
  ) : (
    <Anchor component={Link} to={to} size="sm">
      {text}
    </Anchor>
  );
}
