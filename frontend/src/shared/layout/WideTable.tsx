import { Table, VisuallyHidden, type TableProps, type TableThProps } from "@mantine/core";
import type { ReactNode } from "react";

/** A column's heading: over text, over numbers, which stand on the right, or over buttons, where it is only heard. */
type Head = string | ({ readonly number: string } & Pick<TableThProps, "w" | "style">) | { readonly acts: string };

interface WideTableProps extends TableProps {
  /** What it holds, for those who come to it by the keyboard and scroll it. */
  readonly name: string;
  /** px; on a narrower page it scrolls within its own width. */
  readonly minWidth: number;
  /** px; what is longer scrolls under its headings. */
  readonly maxHeight?: number;
  /** In order; false for a column that is not shown. */
  readonly heads: readonly (Head | false)[];
  /** The rows. */
  readonly children: ReactNode;
}

/** A table with as much room as its columns need, whatever the page's width. */
export function WideTable({ name, minWidth, maxHeight, heads, children, ...table }: WideTableProps) {
  const viewportProps = { tabIndex: 0, role: "group", "aria-label": name };
  return (
    <Table.ScrollContainer minWidth={minWidth} w="100%" {...(maxHeight !== undefined && { mah: maxHeight })} scrollAreaProps={{ viewportProps }}>
      <Table stickyHeader={maxHeight !== undefined} {...table}>
        <Table.Thead>
          <Table.Tr>{heads.map((head) => head !== false && <Heading key={titleOf(head)} head={head} />)}</Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function titleOf(head: Head): string {
  if (typeof head === "string") return head;
  return "acts" in head ? head.acts : head.number;
}

function Heading({ head }: { head: Head }) {
  if (typeof head === "string") return <Table.Th>{head}</Table.Th>;
  if ("number" in head) {
    const { number, ...look } = head;
    return (
      <Table.Th ta="right" {...look}>
        {number}
      </Table.Th>
    );
  }
  return (
    <Table.Th>
      <VisuallyHidden>{head.acts}</VisuallyHidden>
    </Table.Th>
  );
}
