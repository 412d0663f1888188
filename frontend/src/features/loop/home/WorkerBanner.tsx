import { Alert } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";

import { progressQuery } from "@/api/queries";

/** Shown on every page of the operator while nobody is there to do the work. */
export function WorkerBanner({ slug }: { slug: string }) {
  const { data } = useQuery(progressQuery(slug));
  if (!data?.worker || data.worker.alive) return null;
  return (
    <Alert role="alert" color="orange" radius={0}>
      {data.worker.sentence}
    </Alert>
  );
}
