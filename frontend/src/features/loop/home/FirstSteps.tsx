import { Button, Code, Text } from "@mantine/core";
import { Link } from "react-router";

import type { Progress } from "@/api/types";
import { LINES } from "@/shared/text/example";
import { Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";

import classes from "./home.module.css";
import type { Overview } from "./queries";
import { stepsOf, type Step } from "./steps";
import { texts } from "./texts";

const words = texts.steps;

const WHERE: Readonly<Record<Step, (slug: string) => string>> = {
  import: paths.import,
  instructions: paths.instructions,
  people: paths.people,
  launch: paths.launch,
};

/** The way to the first labels, until the first generation is launched: what to do first, next, then. */
export function FirstSteps({ slug, progress, overview }: { slug: string; progress: Progress; overview: Overview }) {
  const mayLaunch = Boolean(progress.solutions);
  return (
    <Section title={progress.problems ? words.heading : words.empty}>
      <Text c="dimmed" maw="70ch">
        {words.detail}
      </Text>
      <ol className={classes.steps}>
        {stepsOf(progress, overview).map(({ step, done, next }) => (
          <li key={step} className={classes.step} aria-current={next ? "step" : undefined}>
            <span className={classes.tick} data-done={done} role="img" aria-label={done ? words.done : words.open}>
              {done ? "✓" : "○"}
            </span>
            <div>
              <Text fw={550}>{words.names[step]}</Text>
              <Text size="sm" c="dimmed" maw="64ch">
                {words.why[step]}
              </Text>
              {step === "import" && next && (
                <Code block mt={6}>
                  {LINES}
                </Code>
              )}
            </div>
            {(step !== "launch" || mayLaunch) && (
              <Button component={Link} to={WHERE[step](slug)} variant={next ? "filled" : "default"}>
                {words.go[step]}
              </Button>
            )}
          </li>
        ))}
      </ol>
      <Text size="sm" c="dimmed" maw="70ch">
        {words.after}
      </Text>
    </Section>
  );
}
