// The page: asks the REST interface every two seconds and shows what changed.
// Names come from processes and are hostile: they only ever become text nodes.

const period = 2000;
const shown = { groups: 12, connections: 200, gaps: 50 };
const $ = (id) => document.getElementById(id);

const state = { filter: "", mistake: null, tags: new Map(), timer: 0, round: 0, online: false };

// Asking

/** The filter is wrong; asking again is of no use before it changes. */
class Mistake extends Error {}

/** The JSON at a path, or null when it is what the last round had. */
async function load(path, parameters = {}) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value));
  const url = `api/${path}?${query}`;
  const tag = state.tags.get(path);
  const headers = tag && tag.url === url ? { "If-None-Match": tag.text } : {};
  const response = await fetch(url, { headers, cache: "no-store", signal: AbortSignal.timeout(10_000) });
  if (response.status === 304) return null;
  const body = await response.json();
  if (!response.ok) {
    throw response.status === 400 ? new Mistake(body.errors?.[0]?.detail ?? body.detail) : new Error(body.detail);
  }
  const text = response.headers.get("ETag");
  if (text) state.tags.set(path, { url, text });
  return body;
}

async function refresh() {
  clearTimeout(state.timer);
  const round = ++state.round;
  const q = state.filter;
  try {
    const [stats, hosts, gaps] = await Promise.all([
      load("stats"), load("hosts"), load("gaps", { since: "1d", limit: shown.gaps }),
    ]);
    if (stats) showStats(stats);
    if (hosts) showHosts(hosts);
    if (gaps) showGaps(gaps);
    if (state.mistake !== q) {
      const [errors, connections] = await Promise.all([
        load("errors", { q }), load("connections", { q, limit: shown.connections }),
      ]);
      // A newer round has begun, with another filter.
      if (round !== state.round) return;
      showMistake("");
      if (errors) showErrors(errors.groups);
      if (connections) showConnections(connections);
    }
    setOnline(true);
  } catch (error) {
    if (round !== state.round) return;
    if (error instanceof Mistake) {
      state.mistake = q;
      showMistake(error.message);
    } else {
      state.tags.clear();
      setOnline(false);
      $("status").title = error.message;
    }
  }
  if (!document.hidden) state.timer = setTimeout(refresh, period);
}

// Showing

/** An element; children are nodes or text, never markup. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** A name with everything visible that could hide or reverse parts of it. */
function visible(name) {
  return name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function setOnline(online) {
  state.online = online;
  $("status").title = "";
  setStatus(...(online ? ["live", "good"] : ["disconnected, retrying", "bad"]));
}

function setStatus(text, kind) {
  setText($("status"), text);
  $("status").dataset.kind = kind;
}

function showMistake(detail) {
  setText($("mistake"), detail);
  $("mistake").hidden = !detail;
  if (!detail) return $("q").removeAttribute("aria-invalid");
  $("q").setAttribute("aria-invalid", "true");
  for (const name of ["errors", "connections"]) {
    if ($(name).hidden) setText($(`${name}-empty`), "The filter has a mistake.");
  }
}

const number = new Intl.NumberFormat();
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: "medium" });
const day = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });

function showStats(stats) {
  for (const name of ["connections", "open", "errors", "processes"]) {
    setText($(`${name}-count`), number.format(stats[name]));
  }
  $("errors-tile").toggleAttribute("data-bad", stats.errors > 0);
  state.isEmpty = stats.connections === 0;
}

const tiers = { kernel: "kernel events", diag: "socket polling", proc: "/proc polling" };

function showHosts(hosts) {
  const lines = hosts.slice(0, 3).map(({ host, tier, lost }) =>
    [host || "unnamed host", tier && (tiers[tier] ?? tier), lost && `${number.format(lost)} lost`]
      .filter(Boolean).join(" · "));
  if (hosts.length > 3) lines.push(`${hosts.length - 3} more hosts`);
  setText($("hosts"), lines.join(",  ") || "Network connections, and why they failed");
}

/** What is known to be missing, the latest first. */
function showGaps(gaps) {
  $("gaps").hidden = gaps.length === 0;
  const most = gaps.length === shown.gaps ? "at least " : "";
  setText($("gaps-summary"),
    `Records of the last day are missing: ${most}${gaps.length} ${gaps.length === 1 ? "gap" : "gaps"}`);
  $("gaps-list").replaceChildren(...gaps.map(({ host, from, to, count, reason }) => make("li", "",
    timeOf(from), " – ", timeOf(to), host ? ` on ${visible(host)}` : "", ": ", visible(reason),
    count === null ? "" : ` (${number.format(count)} lost)`)));
}

function ago(time) {
  const seconds = Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} d ago`;
}

function timeOf(text, isRelative) {
  const date = new Date(text);
  const isToday = date.toDateString() === new Date().toDateString();
  const element = make("time", isRelative ? "ago" : "",
    isRelative ? ago(text) : (isToday ? "" : `${day.format(date)} `) + clock.format(date));
  element.dateTime = text;
  element.title = text;
  return element;
}

/** Rows in the order given; one whose key is still the same stays the element it was. In a live table new ones light up. */
function showRows(table, rows, isLive) {
  const body = table.tBodies[0];
  const old = new Map([...body.rows].map((row) => [row.dataset.key, row]));
  rows.forEach(({ key, cells }, index) => {
    let row = old.get(key);
    if (row) {
      old.delete(key);
    } else {
      row = make("tr", isLive && state.isWarm ? "new" : "", ...cells());
      row.dataset.key = key;
    }
    if (body.rows[index] !== row) body.insertBefore(row, body.rows[index] ?? null);
  });
  for (const row of old.values()) row.remove();
  table.hidden = rows.length === 0;
}

function showErrors(groups) {
  showRows($("errors"), groups.slice(0, shown.groups).map((group) => ({
    key: JSON.stringify(group),
    cells: () => [
      make("td", "", narrowing("error", group.error, "chip bad")),
      make("td", "name", narrowing("process", group.process_name, "")),
      make("td", "address", narrowing("remote", group.remote_addr, "")),
      make("td", "", trend(group.trend)),
      make("td", "number count", number.format(group.count)),
      make("td", "number muted", timeOf(group.last, true)),
    ],
  })));
  const more = groups.length - shown.groups;
  setText($("errors-note"), more > 0 ? `${shown.groups} most frequent of ${groups.length} groups` : "");
  $("errors-empty").hidden = groups.length > 0;
  $("errors-empty").replaceChildren(
    state.filter ? "No error matches this filter." : "No connection has failed.");
}

/** A button that narrows the filter to a value. */
function narrowing(key, value, className) {
  if (!value) return make("span", "muted", "unknown");
  const button = make("button", className, visible(value));
  button.type = "button";
  button.title = `Show only ${key} ${visible(value)}`;
  button.addEventListener("click", () => {
    const term = `${key}:${/^[\w.:[\]/-]+$/.test(value) ? value : `"${value.replace(/["\\*]/g, "\\$&")}"`}`;
    if (!state.filter.split(" ").includes(term)) setFilter(`${state.filter} ${term}`.trim());
  });
  return button;
}

function trend(counts) {
  const namespace = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(namespace, "svg");
  const path = document.createElementNS(namespace, "path");
  const most = Math.max(...counts, 1);
  const bars = counts.map((count, index) => {
    const height = count ? Math.max(2, (count / most) * 20) : 0.5;
    return `M${index * 4} ${20 - height}h3v${height}h-3z`;
  });
  path.setAttribute("d", bars.join(""));
  svg.setAttribute("class", "trend");
  svg.setAttribute("viewBox", `0 0 ${counts.length * 4} 20`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

const stateKinds = { ESTABLISHED: "good", LISTEN: "good", SYN_SENT: "wait", SYN_RECV: "wait" };

function showConnections(connections) {
  showRows($("connections"), connections.map((record) => ({
    key: `${record.id}/${record.revision}`,
    cells: () => [
      make("td", "muted", timeOf(record.timestamp)),
      make("td", "name", ...processOf(record)),
      make("td", "address wide", record.local_addr, ...destinationOf(record)),
      make("td", "", ...(record.service_name ? [record.service_name] : [])),
      make("td", "", make("span", `chip ${stateKinds[record.state] ?? "rest"}`, record.state)),
      make("td", "", ...errorOf(record)),
    ],
  })), true);
  state.isWarm = true;
  setText($("connections-note"),
    connections.length === shown.connections ? `the ${shown.connections} newest` : "");
  $("connections-empty").hidden = connections.length > 0;
  $("connections-empty").replaceChildren(...emptiness());
}

function processOf({ process_id: pid, process_name: name, process_path: path }) {
  const label = make("span", name ? "" : "muted", visible(name) || "unknown");
  if (path) label.title = visible(path);
  return pid ? [label, make("span", "muted", ` ${pid}`)] : [label];
}

function destinationOf({ direction, remote_addr: remote }) {
  if (direction === "listen") return [];
  return [make("span", "muted", direction === "inbound" ? " ← " : " → "), remote];
}

function errorOf({ error, error_cause: cause }) {
  if (!error) return [];
  const words = cause && cause !== "unknown" ? [make("span", "cause", cause.replaceAll("_", " "))] : [];
  return [make("span", "chip bad", error), ...words];
}

function emptiness() {
  if (!state.isEmpty) {
    const clear = make("button", "", "Clear it");
    clear.type = "button";
    clear.addEventListener("click", () => setFilter(""));
    return ["No connection matches this filter. ", clear];
  }
  return [
    "No connections yet. Watch this machine with ", make("code", "", "netmon serve --collect"),
    ", other machines with ", make("code", "", `netmon collect --server ${location.origin}`),
    ", or POST records to ", make("code", "", "/api/connections"), ".",
  ];
}

// Filtering

function setFilter(text) {
  $("q").value = text;
  applyFilter();
}

function applyFilter() {
  const text = $("q").value.trim();
  if (text === state.filter) return;
  state.filter = text;
  state.isWarm = false;
  history.replaceState(null, "", text ? `?${new URLSearchParams({ q: text })}` : location.pathname);
  refresh();
}

let typing = 0;
$("q").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(applyFilter, 200);
});
$("filter").addEventListener("submit", (event) => {
  event.preventDefault();
  applyFilter();
});
document.addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    $("q").select();
  } else if (event.key === "Escape" && event.target === $("q")) {
    if ($("q").value) setFilter(""); else $("q").blur();
  }
});

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(state.timer);
    if (state.online) setStatus("paused", "wait");
  } else {
    refresh();
  }
});
setInterval(() => {
  if (document.hidden) return;
  for (const element of document.querySelectorAll("time.ago")) setText(element, ago(element.dateTime));
}, 5000);

$("q").value = new URLSearchParams(location.search).get("q") ?? "";
state.filter = $("q").value.trim();
refresh();
