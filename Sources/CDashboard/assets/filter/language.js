// The grammar of the filter language, as far as a page needs it: where terms, keys and values are.
// What is a mistake, the server says.

/**
 * @typedef {object} Value
 * @property {number} start offset in the text, in UTF-16 units
 * @property {number} end
 * @property {string[]} pieces the text between wildcards, without quotes
 * @property {boolean} isQuoted
 * @typedef {object} Term
 * @property {number} start
 * @property {number} end
 * @property {string} text as it is written
 * @property {boolean} isNegated
 * @property {string | null} key in lower case; null for words to search for
 * @property {number} valuesStart where the values begin
 * @property {Value[]} values
 */

const plain = 0, quoted = 1, escaped = 2, markup = 3;
const isSpace = (/** @type {string} */ character) => " \t\r\n".includes(character);

/** What each character is to the grammar, so that quoting is understood in one place.
 *  @param {string} text @returns {Uint8Array} */
function rolesOf(text) {
  const roles = new Uint8Array(text.length);
  let isOpen = false;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      isOpen = !isOpen;
      roles[index] = markup;
    } else if (isOpen && character === "\\" && '"\\*'.includes(text[index + 1] ?? " ")) {
      roles[index] = markup;
      roles[++index] = escaped;
    } else {
      roles[index] = isOpen ? quoted : plain;
    }
  }
  return roles;
}

/**
 * The parts of a range between separators outside quotes.
 * @param {string} text @param {Uint8Array} roles @param {number} start @param {number} end
 * @param {(character: string) => boolean} isSeparator
 * @returns {[number, number][]}
 */
function split(text, roles, start, end, isSeparator) {
  /** @type {[number, number][]} */
  const parts = [];
  let from = start;
  for (let index = start; index < end; index++) {
    if (roles[index] !== plain || !isSeparator(text[index])) continue;
    parts.push([from, index]);
    from = index + 1;
  }
  parts.push([from, end]);
  return parts;
}

/** @param {string} text @param {Uint8Array} roles @param {number} start @param {number} end
 *  @returns {Value} */
function valueIn(text, roles, start, end) {
  const pieces = [""];
  let isQuoted = false;
  for (let index = start; index < end; index++) {
    if (roles[index] !== plain) isQuoted = true;
    if (roles[index] === markup) continue;
    if (text[index] === "*" && roles[index] !== escaped) pieces.push("");
    else pieces[pieces.length - 1] += text[index];
  }
  return { start, end, pieces, isQuoted };
}

/**
 * The terms of a filter, in their order.
 * @param {string} text
 * @returns {Term[]}
 */
export function parse(text) {
  const roles = rolesOf(text);
  return split(text, roles, 0, text.length, isSpace)
    .filter(([start, end]) => start < end)
    .map(([start, end]) => {
      const isNegated = text[start] === "-" && end - start > 1;
      const body = start + (isNegated ? 1 : 0);
      const name = /^[a-z_-]+(?=:)/i.exec(text.slice(body, end))?.[0];
      const valuesStart = name ? body + name.length + 1 : body;
      return {
        start, end, text: text.slice(start, end), isNegated, key: name?.toLowerCase() ?? null,
        valuesStart,
        values: split(text, roles, valuesStart, end, (character) => character === ",")
          .map(([from, to]) => valueIn(text, roles, from, to)),
      };
    });
}

/**
 * The term that the caret is in or right behind, or null.
 * @param {Term[]} terms
 * @param {number} caret
 */
export function termAt(terms, caret) {
  return terms.find(({ start, end }) => start <= caret && caret <= end) ?? null;
}

/**
 * Whether a filter stops in the middle of a term: before a value, after a comma, within quotes.
 * @param {string} text
 */
export function isUnfinished(text) {
  const last = parse(text).at(-1);
  if (!last || last.end < text.length) return false;
  const value = last.values[last.values.length - 1];
  const isOpen = (text.match(/(?<!\\)"/g)?.length ?? 0) % 2 === 1;
  return last.text === "-" || isOpen || (value.start === value.end);
}

/**
 * Whether a filter surely matches nothing that another does not match: the other with more terms, or
 * with more letters at the end of its last word. One with times is never sure to, as they go on.
 * @param {string} text
 * @param {string} other
 */
export function isNarrower(text, other) {
  const terms = parse(text);
  const others = parse(other);
  const isTimed = terms.some(({ key }) => ["since", "until", "at"].includes(key ?? ""));
  return !isTimed && others.every((each, index) => {
    const term = terms[index];
    if (term?.text === each.text) return true;
    return index === others.length - 1 && isPlainWord(each) && term !== undefined
      && isPlainWord(term) && term.text.startsWith(each.text);
  });
}

/** @param {Term} term */
function isPlainWord({ key, isNegated, values: [value, ...rest] }) {
  return key === null && !isNegated && rest.length === 0 && !value.isQuoted
    && value.pieces.length === 1;
}

/**
 * A value as it is written in a filter, in quotes where it must be.
 * @param {string | number} value
 */
export function quote(value) {
  const text = String(value);
  return /^[\p{L}\p{N}_./:@[\]+-]+$/u.test(text) && !text.startsWith("-")
    ? text : `"${text.replace(/["\\*]/g, "\\$&")}"`;
}

/**
 * A term that asks for one value.
 * @param {string} key
 * @param {string | number} value
 */
export function term(key, value) {
  return `${key}:${quote(value)}`;
}

/**
 * A filter narrowed by a term. A term with the same key is replaced, and one that asks for the
 * opposite is left out.
 * @param {string} text
 * @param {string} added
 */
export function narrowed(text, added) {
  const [{ key, isNegated }] = parse(added);
  const kept = parse(text).filter((each) =>
    each.text !== added && !(key !== null && !isNegated && each.key === key && !each.isNegated)
    && each.text !== (isNegated ? added.slice(1) : `-${added}`));
  return [...kept.map((each) => each.text), added].join(" ");
}

/**
 * A filter without one of its terms.
 * @param {string} text
 * @param {Term} removed
 */
export function without(text, removed) {
  return parse(text).filter(({ start }) => start !== removed.start)
    .map((each) => each.text).join(" ");
}
