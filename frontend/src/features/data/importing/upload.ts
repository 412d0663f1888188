import { csrfToken } from "@/api/client";
import { errorFrom, offline } from "@/api/errors";
import type { Import, ImportFormat, Split } from "@/api/types";

export interface Upload {
  readonly file: File;
  readonly format: ImportFormat;
  readonly split: Split | null;
}

/** Send the file, telling how far it is from 0 to 1. XMLHttpRequest, since fetch tells nothing of an upload's way. */
export function upload(slug: string, { file, format, split }: Upload, far: (share: number) => void): Promise<Import> {
  const form = new FormData();
  form.append("file", file);
  form.append("format", format);
  if (split) form.append("split", split);
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("POST", `/api/v1/projects/${slug}/imports`);
    request.setRequestHeader("X-CSRFToken", csrfToken());
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => far(total > 0 ? loaded / total : 0);
    request.onerror = () => reject(offline());
    request.onload = () => {
      if (request.status === 202) resolve(request.response as Import);
      else reject(errorFrom(request.status, request.response));
    };
    request.send(form);
  });
}
