import "katex/dist/katex.min.css";

import { memo, useMemo } from "react";

import { useLanguage } from "./language";
import classes from "./MathText.module.css";
import { laidOut, segments, shown } from "./mathematics";
import { texts } from "./texts";
import { typeset } from "./typesetting";

/**
 * Text as people wrote it, its mathematics set by KaTeX. The only HTML that is ever set from user text is KaTeX's own
 * output, made with trust off and its macros and sizes limited; a formula that it can't read is shown as text, marked.
 */
export const MathText = memo(function MathText({ text }: { text: string }) {
  const parts = useMemo(() => laidOut(segments(text)), [text]);
  return (
    <span className={classes.text}>
      {parts.map((part, index) =>
        part.kind === "text" ? shown(part.text) : <Formula key={index} tex={part.tex} display={part.display} source={part.source} />,
      )}
    </span>
  );
});

function Formula({ tex, display, source }: { tex: string; display: boolean; source: string }) {
  useLanguage();
  const html = useMemo(() => typeset(tex, display), [tex, display]);
  if (html === null) {
    return (
      <code className={classes.broken} title={texts.math.broken}>
        {source}
      </code>
    );
  }
  return <span className={display ? classes.display : undefined} dangerouslySetInnerHTML={{ __html: html }} />;
}
