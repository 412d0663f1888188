import "katex/dist/katex.min.css";
import { createContext, memo, use, useMemo, useRef, type ReactNode } from "react";

import { useLanguage } from "../language/language";
import { texts } from "../language/texts";
import { laidOut, segments, shown, type Segment } from "./mathematics";
import classes from "./MathText.module.css";
import { typeset } from "./typesetting";
import { useOverflow } from "./use-overflow";

/** Whether texts are shown as they were written, the source of their mathematics included. */
export const AsWritten = createContext(false);

/**
 * Text as people wrote it, its mathematics set by KaTeX. The only HTML that is ever set from user text is KaTeX's own
 * output, made with trust off and its macros and sizes limited; a formula that it can't read is shown as text, marked.
 */
export const MathText = memo(function MathText({ text }: { text: string }) {
  const asWritten = use(AsWritten);
  const parts = useMemo(() => laidOut(segments(text)), [text]);
  if (asWritten) return <code className={classes.source}>{text}</code>;
  return <span className={classes.text}>{parts.map(partOf)}</span>;
});

function partOf(part: Segment, index: number): ReactNode {
  if (part.kind === "text") return shown(part.text);
  if (part.kind === "math") return <Formula key={index} tex={part.tex} display={part.display} source={part.source} />;
  return (
    <code key={index} className={part.display ? classes.block : classes.code}>
      {part.code}
    </code>
  );
}

function Formula({ tex, display, source }: { tex: string; display: boolean; source: string }) {
  useLanguage();
  const html = useMemo(() => typeset(tex, display), [tex, display]);
  if (html === null) {
    return (
      <span className={classes.unread} title={texts.math.broken}>
        <span role="img" aria-label={texts.math.broken} className={classes.mark}>
          ⚠
        </span>
        <code className={classes.broken}>{source}</code>
      </span>
    );
  }
  return display ? <Displayed html={html} /> : <span dangerouslySetInnerHTML={{ __html: html }} />;
}

/** A formula of its own line; one that is wider than the line can be scrolled, by the keyboard too. */
function Displayed({ html }: { html: string }) {
  const element = useRef<HTMLSpanElement>(null);
  const scrolls = useOverflow(element) ? { tabIndex: 0, role: "group", "aria-label": texts.math.wide } : {};
  return <span ref={element} className={classes.display} dangerouslySetInnerHTML={{ __html: html }} {...scrolls} />;
}
