import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";

import { keys } from "@/api/queries";
import classes from "@/features/quality/quality.module.css";
import { QualityNav } from "@/features/quality/QualityNav";
import { BackLink, Page, Section } from "@/shared/layout/Page";
import { paths } from "@/shared/paths";
import { Failure, Loaded } from "@/shared/states/states";

import { PurposeChoice } from "../PurposeChoice";
import { sendGold, type GoldFile, type Purpose } from "../queries";
import { EXAMPLE, texts } from "../texts";
import { FilePlace } from "./FilePlace";
import { GoldReported } from "./GoldReported";

const words = texts.importing;

/** Gold from a file: checked as soon as it is chosen, and imported when what it would do has been seen. */
export function ImportGoldPage({ slug }: { slug: string }) {
  const [purpose, setPurpose] = useState<Purpose>("practice");
  const [file, setFile] = useState<File | null>(null);
  return (
    <Page title={words.title}>
      <QualityNav slug={slug} />
      <BackLink to={paths.gold(slug)}>{texts.back}</BackLink>
      <PurposeChoice label={words.purpose} value={purpose} onChange={setPurpose} />
      <FilePlace file={file} onFile={setFile} />
      {file && <Checked key={`${purpose} ${file.name} ${file.size} ${file.lastModified}`} slug={slug} what={{ file, purpose }} />}
      <Section title={words.format}>
        <Text size="sm" maw="76ch">
          {words.formatDetail}
        </Text>
        <pre className={classes.example} tabIndex={0} aria-label={words.format}>
          {EXAMPLE}
        </pre>
        <Text size="sm" maw="76ch">
          {words.others}
        </Text>
      </Section>
    </Page>
  );
}

function Checked({ slug, what }: { slug: string; what: GoldFile }) {
  const { file, purpose } = what;
  const client = useQueryClient();
  const check = useQuery({
    queryKey: [...keys.project(slug), "gold", "check", purpose, file.name, file.size, file.lastModified],
    queryFn: () => sendGold(slug, what, true),
    gcTime: 0, // what the project holds may have changed when the same file is chosen again
    staleTime: Infinity,
    retry: false,
  });
  const reading = useMutation({
    mutationFn: () => sendGold(slug, what, false),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.project(slug), predicate: ({ queryKey }) => queryKey[3] !== "check" }),
  });
  if (reading.data) return <Done slug={slug} report={reading.data} purpose={purpose} />;
  if (check.isPending) return <Text role="status">{words.checking}</Text>;
  return (
    <Loaded query={check}>
      {(report) => (
        <>
          <GoldReported report={report} name={file.name} done={false} />
          {reading.isError && <Failure error={reading.error} title={words.notImported} />}
          {report.created > 0 && (
            <Button w="fit-content" loading={reading.isPending} onClick={() => reading.mutate()}>
              {words.submit(report.created)}
            </Button>
          )}
        </>
      )}
    </Loaded>
  );
}

function Done({ slug, report, purpose }: { slug: string; report: Awaited<ReturnType<typeof sendGold>>; purpose: Purpose }) {
  return (
    <>
      <GoldReported report={report} name="" done />
      <Group>
        <Button component={Link} to={`${paths.gold(slug)}?purpose=${purpose}`}>
          {words.toList}
        </Button>
      </Group>
    </>
  );
}
