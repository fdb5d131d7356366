// The four messages over fetch. Whatever is not exactly the server's answer is a failure, and the outbox keeps everything.
import { wire, type Batch } from "./outbox.ts";
import type { Hello, Opened, Pulse, Saved, Submitted } from "./messages.ts";
import type { Noticed } from "./notice.ts";

export const TIMEOUT_MS = 10_000;

/**
 * network: nothing came, too late, or from somebody else (a captive portal answers 200 with its own page);
 * server: it answered that it cannot now; signed_out: it does not know this device any more;
 * refused: a rule said no, with its code and sentence.
 */
export type FailureKind = "network" | "server" | "signed_out" | "refused";

export class Failure extends Error {
  readonly kind: FailureKind;
  readonly code: string;
  readonly params: Record<string, unknown>;

  constructor(kind: FailureKind, message = "", code = "", params: Record<string, unknown> = {}) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.params = params;
  }
}

export interface Urls {
  open: string;
  events: string;
  have: string;
  submit: string;
  beat: string;
  fault: string;
  login: string;
  done: string;
  page: string;
  worker: string;
}

interface Refusal {
  code?: string;
  message?: string;
  params?: Record<string, unknown>;
}

const HEADERS = { "Content-Type": "application/json", Accept: "application/json", "X-Choukao": "1" };

async function readJson(response: Response): Promise<unknown> {
  const type = response.headers.get("Content-Type") ?? "";
  if (!/^application\/(json|[\w.+-]*\+json)/.test(type)) throw new Failure(response.status >= 500 ? "server" : "network");
  try {
    return await response.json();
  } catch {
    throw new Failure("network");
  }
}

/** What a non-2xx answer in JSON means. */
export function failureOf(status: number, body: Refusal): Failure {
  const kind: FailureKind =
    status === 401 || status === 404 ? "signed_out" : status >= 500 || status === 429 || status === 408 ? "server" : "refused";
  return new Failure(kind, body.message ?? "", body.code ?? "", body.params ?? {});
}

/** A list of numbers in a refusal's parameters, whether as a list or as its text. */
export function numbersIn(value: unknown): number[] {
  const found = Array.isArray(value) ? value : String(value ?? "").match(/\d+/g) ?? [];
  return found.map(Number).filter((number) => Number.isInteger(number));
}

async function ask<T extends object>(url: string, body: object | undefined, expected: keyof T): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT_MS);
  try {
    const response = await fetch(url, {
      method: body === undefined ? "GET" : "POST",
      headers: HEADERS,
      credentials: "same-origin",
      cache: "no-store",
      signal: controller.signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await readJson(response)) as T & Refusal;
    if (!response.ok) throw failureOf(response.status, answer);
    if (answer === null || typeof answer !== "object" || !(expected in answer)) throw new Failure("network");
    return answer;
  } catch (error) {
    throw error instanceof Failure ? error : new Failure("network");
  } finally {
    clearTimeout(timer);
  }
}

export class Api {
  private readonly urls: Urls;

  constructor(urls: Urls) {
    this.urls = urls;
  }

  open(cid: string, takeover: boolean): Promise<Opened> {
    return ask<Opened>(this.urls.open, takeover ? { cid, takeover: true } : { cid }, "paper");
  }

  save(batch: Batch): Promise<Saved> {
    return ask<Saved>(this.urls.events, { epoch: batch.epoch, cid: batch.cid, events: batch.events.map(wire) }, "receipts");
  }

  hello(): Promise<Hello> {
    return ask<Hello>(this.urls.have, undefined, "have");
  }

  /** A sign of life; told in return what may have changed. */
  beat(noticed: Noticed[], dwell: Record<string, number>): Promise<Pulse> {
    return ask<Pulse>(this.urls.beat, { noticed, dwell }, "epoch");
  }

  /** `ref` names the report, so that sending it twice records it once. */
  fault(report: { ref: string; item: string; text: string }): Promise<{ recorded: string }> {
    return ask<{ recorded: string }>(this.urls.fault, report, "recorded");
  }

  submit(message: { epoch: number; cid: string; last_seq: number; items: Record<string, string> }): Promise<Submitted> {
    return ask<Submitted>(this.urls.submit, message, "final_receipt");
  }

  /** The page is going away: sent without waiting, and never counted as delivered. */
  lastBreath(batch: Batch): void {
    const body = JSON.stringify({ epoch: batch.epoch, cid: batch.cid, events: batch.events.map(wire) });
    try {
      fetch(this.urls.events, { method: "POST", headers: HEADERS, credentials: "same-origin", keepalive: true, body }).catch(() => undefined);
    } catch {
      // Older WebViews refuse keepalive; the outbox sends it next time.
    }
  }

  /** Where a sign-in still stands, asking for the page again renews this device's right to write. */
  async renew(page: string): Promise<void> {
    await fetch(page, { credentials: "same-origin", cache: "no-store" }).catch(() => undefined);
  }
}
