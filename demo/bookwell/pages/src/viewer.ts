// What the server wrote into the page about who looks at it.

export interface Viewer {
  email: string;
  impersonating: boolean;
}

export function viewer(): Viewer {
  const { email, impersonating } = document.body.dataset;
  return { email: email ?? "", impersonating: impersonating !== undefined };
}
