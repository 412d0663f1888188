import { Button, Card, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, Navigate } from "react-router";

import { projectsQuery } from "@/api/queries";
import type { Me, Project } from "@/api/types";
import { texts as shared } from "@/shared/language/texts";
import { Page } from "@/shared/layout/Page";
import { TopBar } from "@/shared/layout/TopBar";
import { paths } from "@/shared/paths";
import { mayAct, useMe } from "@/shared/session";
import { Empty, Loaded } from "@/shared/states/states";

import { CreateProject } from "./CreateProject";
import { texts } from "./texts";

export default function ProjectsPage() {
  const me = useMe();
  const [creating, setCreating] = useState(false);
  const query = useQuery(projectsQuery);
  const only = onlyLabels(me);
  if (only) return <Navigate to={paths.label(only)} replace />;
  const create = mayCreate(me) && Boolean(query.data?.length) && (
    <Button variant="default" onClick={() => setCreating(true)}>
      {texts.list.create}
    </Button>
  );
  return (
    <>
      <TopBar />
      <Page title={texts.list.title} actions={create}>
        <Loaded query={query}>{(projects) => <Projects projects={projects} onCreate={mayCreate(me) ? () => setCreating(true) : null} />}</Loaded>
        <CreateProject opened={creating} onClose={() => setCreating(false)} />
      </Page>
    </>
  );
}

/** The project of a person who labels in one project and does nothing else: their page is that one. */
function onlyLabels({ is_superuser, memberships: [first, ...others] }: Me): string | null {
  return !is_superuser && first?.role === "labeler" && others.length === 0 ? first.project.slug : null;
}

function mayCreate(me: Me): boolean {
  return me.is_superuser || me.memberships.some(({ role }) => role === "operator");
}

function Projects({ projects, onCreate }: { projects: readonly Project[]; onCreate: (() => void) | null }) {
  if (projects.length === 0) {
    return (
      <Empty title={texts.list.none} detail={onCreate ? texts.list.noneCreate : texts.list.noneDetail}>
        {onCreate && <Button onClick={onCreate}>{texts.list.create}</Button>}
      </Empty>
    );
  }
  return (
    <Stack>
      {projects.map((project) => (
        <ProjectCard key={project.slug} project={project} />
      ))}
    </Stack>
  );
}

function ProjectCard({ project }: { project: Project }) {
  const champion = project.champion === null ? texts.list.noChampion : texts.list.champion(project.champion);
  const watches = mayAct(project.role, "reviewer");
  return (
    <Card withBorder>
      <Group justify="space-between">
        <div>
          <Title order={2} size="h4">
            {project.name}
          </Title>
          <Text size="sm" c="dimmed">
            {shared.roles[project.role]} · {champion}
          </Text>
        </div>
        <Group>
          <Button component={Link} to={paths.label(project.slug)} variant={watches ? "default" : "filled"}>
            {texts.list.label}
          </Button>
          {watches && (
            <Button component={Link} to={paths.project(project.slug)}>
              {texts.list.open}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
