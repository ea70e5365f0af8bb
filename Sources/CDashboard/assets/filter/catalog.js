// The keys of the filter language and their values, from the server's own description of itself and
// from what it has stored.

/**
 * @typedef {object} Key
 * @property {string} name
 * @property {string[]} aliases
 * @property {string} summary
 * @property {string} example
 * @property {string[]} values of a choice; none for other kinds
 */

/**
 * The keys in an OpenAPI document: the parameters that are described as terms of a filter. Names
 * with the same description mean the same.
 * @param {any} document
 * @returns {Key[]}
 */
export function keysIn(document) {
  /** @type {Map<string, Key>} */
  const keys = new Map();
  for (const parameter of Object.values(document.components?.parameters ?? {})) {
    const { name, description, schema } = parameter;
    const [, summary, example] = /^Only with (.*?): `(.*?)`\./.exec(description ?? "") ?? [];
    if (!summary) continue;
    const key = keys.get(description);
    const values = choices(schema?.pattern);
    if (key) key.aliases.push(name);
    else keys.set(description, { name, aliases: [], summary, example, values });
  }
  return [...keys.values()];
}

/** The words of a pattern that is nothing but a list of them.
 *  @param {string | undefined} pattern */
function choices(pattern) {
  return /^\^\(\?:\(\?:([\w|]+)\)\(\?:,/.exec(pattern ?? "")?.[1].split("|") ?? [];
}

/** Where the values of a key are seen: a list of the API, and a field of its members. */
const sources = {
  host: ["hosts", "host"],
  process: ["processes", "process_name"], path: ["processes", "process_path"],
  user: ["processes", "user"], unit: ["processes", "unit"], container: ["processes", "container"],
  parent_name: ["processes", "parent_name"], pid: ["processes", "process_id"],
  remote: ["connections", "remote_addr"], address: ["connections", "remote_addr"],
  local: ["connections", "local_addr"], service: ["connections", "service_name"],
};
const sampled = 1000;
const durations = ["5m", "15m", "1h", "6h", "1d", "7d"];
const fresh = 30_000;

/**
 * The distinct values of a field, the most frequent first.
 * @param {any[]} items
 * @param {string} field
 * @returns {string[]}
 */
export function valuesOf(items, field) {
  const counts = new Map();
  for (const { [field]: value } of items) {
    if (value === null || value === "" || value === 0) continue;
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => String(value));
}

/**
 * What can be completed. Both questions are asked when they are first needed.
 * @param {{ get: (path: string, parameters?: any) => Promise<any> }} api
 */
export function createCatalog(api) {
  /** @type {Promise<Key[]> | null} */
  let keys = null;
  /** @type {Map<string, { items: Promise<any[]>, time: number }>} */
  const lists = new Map();

  function loadKeys() {
    keys ??= api.get("openapi.json").then(keysIn);
    keys.catch(() => { keys = null; });
    return keys;
  }

  /** @param {string} path */
  function loadList(path) {
    const known = lists.get(path);
    if (known && Date.now() - known.time < fresh) return known.items;
    const items = api.get(path, path === "hosts" ? {} : { limit: sampled });
    items.catch(() => lists.delete(path));
    lists.set(path, { items, time: Date.now() });
    return items;
  }

  /** @param {string} name of the key, or an alias */
  async function keyNamed(name) {
    const known = await loadKeys();
    return known.find((each) => each.name === name || each.aliases.includes(name));
  }

  return {
    keys: loadKeys,

    /**
     * The only values that a key may have; none when it may have any.
     * @param {string} name of the key, or an alias
     * @returns {Promise<string[]>}
     */
    choices: async (name) => (await keyNamed(name))?.values ?? [],

    /**
     * Values that a key may have.
     * @param {string} name of the key, or an alias
     * @returns {Promise<string[]>}
     */
    async values(name) {
      const key = await keyNamed(name);
      if (!key) return [];
      if (key.values.length > 0) return key.values;
      if (key.name === "since" || key.name === "until") return durations;
      const source = sources[/** @type {keyof typeof sources} */ (key.name)];
      if (!source) return key.example ? [key.example] : [];
      return valuesOf(await loadList(source[0]), source[1]);
    },
  };
}
