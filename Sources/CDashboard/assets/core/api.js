// Questions to the server's REST API.

/** What the server answers instead (RFC 9457). */
export class Problem extends Error {
  /** @param {number} status
   *  @param {{ title?: string, detail?: string, errors?: Mistake[] }} body */
  constructor(status, body) {
    super(body.detail ?? body.title ?? `The server answered with status ${status}.`);
    this.name = "Problem";
    this.status = status;
    /** @type {Mistake[]} */
    this.errors = body.errors ?? [];
  }

  /** Whether the question is wrong, so that asking again is of no use. */
  get isMistake() {
    return this.status === 400;
  }

  /** Whether the server wants to know who asks, or does not let them. */
  get isUnauthorised() {
    return this.status === 401 || this.status === 403;
  }
}

/** The server could not be reached, or did not answer in time. */
export class Unreachable extends Error {
  /** @param {unknown} cause */
  constructor(cause) {
    super("The server cannot be reached.", { cause });
    this.name = "Unreachable";
  }
}

/**
 * @typedef {{ parameter?: string, pointer?: string, position?: number, length?: number,
 *   detail: string, suggestion?: string }} Mistake
 * @typedef {Record<string, string | number | null | undefined>} Parameters
 */

const deadline = 30_000;
const remembered = 60;

/**
 * The path and query of a question.
 * @param {string} path below `api/`
 * @param {Parameters} [parameters] those that are null, undefined or empty are left out
 */
export function apiURL(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return `api/${path}${text ? `?${text}` : ""}`;
}

/**
 * The next page's cursor in a Link field (RFC 8288), or null.
 * @param {string | null} link
 */
export function nextCursor(link) {
  const target = /<([^>]*)>\s*;\s*rel="next"/.exec(link ?? "")?.[1];
  return target ? new URLSearchParams(target.replace(/^[^?]*/, "")).get("cursor") : null;
}

/**
 * A client of the API. Answers are remembered by their ETag: as long as nothing has changed, the
 * same object is returned again, so that callers tell by identity whether to draw.
 * @param {{ fetch: typeof fetch }} window
 */
export function createApi(window) {
  /** @type {Map<string, { tag: string, value: any }>} */
  const answers = new Map();
  /** @type {(() => void) | null} */
  let whenUnreachable = null;

  /** @param {string} url @param {{ tag: string, value: any }} answer */
  function remember(url, answer) {
    answers.delete(url);
    answers.set(url, answer);
    const oldest = answers.keys().next().value;
    if (oldest !== undefined && answers.size > remembered) answers.delete(oldest);
  }

  /** What a step of a question comes to, unless the server is lost before it is done.
   *  @template T @param {Promise<T>} step @param {AbortSignal} [signal] @returns {Promise<T>} */
  async function reached(step, signal) {
    try {
      return await step;
    } catch (error) {
      if (signal?.aborted) throw error;
      whenUnreachable?.();
      throw new Unreachable(error);
    }
  }

  /** @param {string} url @param {HeadersInit} headers @param {AbortSignal} [signal] */
  function load(url, headers, signal) {
    const timeout = AbortSignal.timeout(deadline);
    return reached(window.fetch(url, {
      headers, cache: "no-store", signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    }), signal);
  }

  /** @param {Response} response @param {AbortSignal} [signal] @returns {Promise<any>} */
  async function read(response, signal) {
    if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    return reached(response.json(), signal);
  }

  return {
    /**
     * Changes something on the server.
     * @param {"POST" | "DELETE"} method
     * @param {string} path
     * @param {unknown} [body] sent as JSON
     */
    async send(method, path, body) {
      const json = body === undefined ? undefined : JSON.stringify(body);
      const response = await reached(window.fetch(apiURL(path), {
        method, body: json, cache: "no-store", signal: AbortSignal.timeout(deadline),
        headers: json === undefined ? {} : { "Content-Type": "application/json" },
      }));
      if (!response.ok) throw new Problem(response.status, await response.json().catch(() => ({})));
    },

    /** Tells when a question did not reach the server. @param {() => void} act */
    onUnreachable: (act) => void (whenUnreachable = act),

    /**
     * A page of a list, and the cursor of the next one. Pages are large, and not remembered.
     * @param {string} path
     * @param {Parameters} [parameters]
     * @param {AbortSignal} [signal]
     * @returns {Promise<{ value: any, next: string | null }>}
     */
    async getPage(path, parameters, signal) {
      const response = await load(apiURL(path, parameters), {}, signal);
      const value = await read(response, signal);
      return { value, next: nextCursor(response.headers.get("Link")) };
    },

    /**
     * The JSON at a path.
     * @param {string} path
     * @param {Parameters} [parameters]
     * @param {AbortSignal} [signal] leaves the question when it is no longer of interest
     * @returns {Promise<any>} throws `Problem`, `Unreachable`, or `AbortError`
     */
    async get(path, parameters, signal) {
      const url = apiURL(path, parameters);
      const known = answers.get(url);
      const response = await load(url, known ? { "If-None-Match": known.tag } : {}, signal);
      if (response.status === 304 && known) {
        remember(url, known);
        return known.value;
      }
      const value = await read(response, signal);
      const tag = response.headers.get("ETag");
      if (tag) remember(url, { tag, value });
      return value;
    },
  };
}
