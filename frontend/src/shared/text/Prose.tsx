import { useMemo } from "react";

import { MathText } from "../mathematics/MathText";
import { blocks, inlines, type Block, type Inline } from "./prose";
import classes from "./Prose.module.css";

/** Instructions as people write them: a little Markdown and LaTeX, made of elements, never of HTML. */
export function Prose({ text }: { text: string }) {
  const parsed = useMemo(() => blocks(text), [text]);
  return (
    <div className={classes.prose}>
      {parsed.map((block, index) => (
        <BlockOf key={index} block={block} />
      ))}
    </div>
  );
}

function BlockOf({ block }: { block: Block }) {
  switch (block.kind) {
    case "heading":
      return block.level === 2 ? <h3>{block.text}</h3> : <h4>{block.text}</h4>;
    case "code":
      return <pre>{block.text}</pre>;
    case "paragraph":
      return (
        <p>
          <Line text={block.text} />
        </p>
      );
    case "list": {
      const items = block.items.map((item, index) => (
        <li key={index}>
          <Line text={item} />
        </li>
      ));
      return block.ordered ? <ol>{items}</ol> : <ul>{items}</ul>;
    }
  }
}

function Line({ text }: { text: string }) {
  return inlines(text).map((part, index) => <InlineOf key={index} part={part} />);
}

function InlineOf({ part }: { part: Inline }) {
  if (part.kind === "strong") return <strong>{part.text}</strong>;
  if (part.kind === "emphasis") return <em>{part.text}</em>;
  if (part.kind === "code") return <code>{part.text}</code>;
  return <MathText text={part.text} />;
}
