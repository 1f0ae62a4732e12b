// Talking to the server. Only an answer that bears the house's mark counts: a hotel's log-in page is "no network".

const SOON = 30000;
// The slowest line a photo is given time for, in bytes a second.
const SLOWEST = 8000;

// kind: network (nobody answered) · portal (somebody else answered) · logged_out · busy (answer later) · fault (5xx) ·
// refused (4xx, `answer` says why)
export class Trouble extends Error {
  constructor(kind, answer = null, after = 0) {
    super(answer && answer.sentence ? answer.sentence : kind);
    this.kind = kind;
    this.answer = answer;
    this.after = after;
  }
}

export class Wire {
  constructor({ fetch = (...all) => globalThis.fetch(...all), base = "/field/", cookie = cookieToken, patience = SOON } = {}) {
    this.fetch = fetch;
    this.base = base;
    this.cookie = cookie;
    this.patience = patience;
    this.csrf = "";
  }

  get(path, headers) {
    return this.ask("GET", path, { headers });
  }

  post(path, json) {
    return this.ask("POST", path, { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } });
  }

  put(path, bytes, type) {
    const patience = this.patience + (bytes.byteLength / SLOWEST) * 1000;
    return this.ask("PUT", path, { body: bytes, headers: { "Content-Type": type || "application/octet-stream" }, patience });
  }

  async ask(method, path, { body, headers, patience } = {}, again = false) {
    const response = await this.send(method, path, body, headers, patience || this.patience);
    if (response.status === 304) return null;
    const answer = await this.read(response);
    if (answer.csrf) this.csrf = answer.csrf;
    if (response.ok && answer.ok !== false) return answer;
    if (answer.code === "csrf_failed" && !again) {
      this.csrf = "";
      await this.ask("GET", "ping", {}, true);
      return this.ask(method, path, { body, headers, patience }, true);
    }
    const after = Number(response.headers.get("Retry-After")) * 1000 || 0;
    if (response.status === 401) throw new Trouble("logged_out", answer);
    if (response.status === 429 || response.status === 503) throw new Trouble("busy", answer, after);
    throw new Trouble(response.status >= 500 ? "fault" : "refused", answer, after);
  }

  async send(method, path, body, headers, patience) {
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), patience);
    try {
      const response = await this.fetch(this.base + path, {
        method,
        body,
        headers: { Accept: "application/json", "X-CSRFToken": this.cookie() || this.csrf, ...headers },
        credentials: "same-origin",
        cache: "no-store",
        redirect: "manual",
        signal: ending.signal,
      });
      // The body may hang as well as the head: it is read within the same time.
      const text = response.status === 304 || response.type === "opaqueredirect" ? "" : await response.text();
      return { status: response.status, ok: response.ok, type: response.type, headers: response.headers, text };
    } catch {
      throw new Trouble("network");
    } finally {
      clearTimeout(timer);
    }
  }

  async read(response) {
    let answer = null;
    try {
      answer = JSON.parse(response.text);
    } catch {
      answer = null;
    }
    if (answer && answer.server === "civicloop") return answer;
    // A proxy's own "502 bad gateway" is our server being away; everything else is a stranger.
    throw new Trouble(response.status >= 500 ? "fault" : "portal");
  }
}

function cookieToken() {
  const found = /(?:^|;\s*)csrftoken=([^;]+)/.exec((globalThis.document && document.cookie) || "");
  return found ? decodeURIComponent(found[1]) : "";
}
