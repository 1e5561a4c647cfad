// Why a call did not give what was asked for, in the words that a person may read.

export interface FieldFault {
  field: string;
  code: string;
  message: string;
}

interface Problem {
  title?: unknown;
  code?: unknown;
  request_id?: unknown;
  errors?: unknown;
}

export class Failure extends Error {
  constructor(
    /** Fit to be shown. */
    readonly title: string,
    readonly status: number,
    readonly code: string,
    readonly requestId: string | null = null,
    readonly fields: FieldFault[] = [],
    /** Seconds after which another attempt makes sense. */
    readonly retryAfter: number | null = null,
    /** The whole problem, for what single codes add to it. */
    readonly problem: Record<string, unknown> = {},
  ) {
    super(title);
  }

  /** Reads the one error shape; whatever else came is named by its status. */
  static async of(response: Response): Promise<Failure> {
    const text = await response.text().catch(() => "");
    const problem = parsed(text);
    const id =
      typeof problem.request_id === "string" ? problem.request_id : response.headers.get("x-request-id");
    return new Failure(
      typeof problem.title === "string" && problem.title !== "" ? problem.title : words(response.status),
      response.status,
      typeof problem.code === "string" ? problem.code : `status_${response.status}`,
      id,
      faults(problem.errors),
      seconds(response.headers.get("retry-after")),
      problem as Record<string, unknown>,
    );
  }

  /** The request did not come through at all. */
  static network(): Failure {
    const title = navigator.onLine ? "The server cannot be reached" : "You are offline";
    return new Failure(title, 0, navigator.onLine ? "network" : "offline");
  }

  /** What a person reads of anything that was thrown. */
  static from(thrown: unknown): Failure {
    return thrown instanceof Failure ? thrown : new Failure("Something went wrong on this page", 0, "page");
  }
}

function parsed(text: string): Problem {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function faults(value: unknown): FieldFault[] {
  if (!Array.isArray(value)) {
    return [];
  }
  return value.filter(
    (fault): fault is FieldFault => typeof fault?.field === "string" && typeof fault?.message === "string",
  );
}

function seconds(value: string | null): number | null {
  const number = value === null ? Number.NaN : Number.parseInt(value, 10);
  return Number.isNaN(number) ? null : number;
}

function words(status: number): string {
  if (status === 502 || status === 503 || status === 504) {
    return "The service is not available at the moment";
  }
  return `The server answered with status ${status}`;
}
