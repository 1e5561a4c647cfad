// Uploads with progress, which fetch cannot show.

import { answered } from "./client.ts";
import { Failure } from "./failure.ts";

/** The row as it is with the file. */
export async function upload<Row>(
  path: string,
  field: string,
  file: File,
  progress: (share: number) => void,
): Promise<Row> {
  const response = await answered(() => send(path, field, file, progress));
  return (await response.json()) as Row;
}

function send(path: string, field: string, file: File, progress: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const body = new FormData();
    body.set(field, file);
    const request = new XMLHttpRequest();
    request.open("PUT", path);
    request.setRequestHeader("accept", "application/json");
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) {
        progress(event.loaded / event.total);
      }
    };
    request.onerror = () => reject(Failure.network());
    request.onload = () => {
      const empty = request.status === 204 || request.status === 205;
      const headers = new Headers();
      for (const name of ["x-request-id", "retry-after"]) {
        const value = request.getResponseHeader(name);
        if (value !== null) {
          headers.set(name, value);
        }
      }
      resolve(new Response(empty ? null : request.responseText, { status: request.status, headers }));
    };
    request.send(body);
  });
}
