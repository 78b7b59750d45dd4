// What is said of a receipt, a paper or a document, check by check: the same as verdicts.py says
// on the server, and in the same words, which the page brings along.

import * as log from "./verify.js";

const { Bad } = log;
const RIGHT = "ok";
const WRONG = "bad";
const OPEN = "unsure";

export const fill = (text, values) =>
  text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);

const why = (error) => (error instanceof Error ? error.message : String(error));

/** All checks of one receipt or paper, and what it tells if they hold. */
export class Verdict {
  constructor(words, source, good) {
    Object.assign(this, { words, source, good, checks: [], facts: [], opened: [], documents: [] });
  }

  add(name, isRight, said, values = {}) {
    const mark = isRight === null ? OPEN : isRight ? RIGHT : WRONG;
    this.checks.push({ name: fill(this.words.checks[name], values), mark, said: fill(said, values) });
    return Boolean(isRight);
  }

  get mark() {
    const marks = this.checks.map((check) => check.mark);
    return [WRONG, OPEN].find((each) => marks.includes(each)) ?? RIGHT;
  }

  get sentence() {
    if (this.mark === RIGHT) return this.good;
    const { name } = this.checks.find((check) => check.mark === this.mark);
    return fill(this.words.said[this.mark === WRONG ? "bad" : "unsure"], { name });
  }
}

/**
 * Judges with the keys and the words of the page. `open` fetches: `open.log(year)` answers a
 * `read` for verify.js, `open.text(path)` a published text as bytes, or null.
 */
export class Judge {
  constructor(words, vkeys, years, open) {
    Object.assign(this, { words, vkeys, years, open });
  }

  /** The verdict on a receipt's file. */
  async ofReceipt(source, bytes) {
    const { said } = this.words;
    const verdict = new Verdict(this.words, source, said.good_receipt);
    let receipt, told;
    try {
      receipt = log.parseReceipt(log.decodeUtf8(bytes));
      told = log.contents(receipt);
    } catch (error) {
      verdict.add("form", false, why(error));
      return verdict;
    }
    const checkpoint = await this.#signed(verdict, receipt.note);
    if (!checkpoint) return verdict;
    const leaf = await log.leafHash(log.utf8(told.entry));
    if (!(await this.#included(verdict, leaf, receipt, checkpoint))) return verdict;
    for (const [group, each] of told.opened) {
      const isRight = await log.isOpened(told.told, group, each);
      const label = this.words.groups[group] ?? group;
      verdict.add("opened", isRight, isRight ? said.opened : said.not_opened, { group: label });
    }
    await this.#checkLog(verdict, checkpoint);
    if (verdict.mark !== WRONG) await this.#tell(verdict, checkpoint, receipt.index, told);
    return verdict;
  }

  /** The verdict on a printed paper: which leaf it says stands where. */
  async ofPaper(year, index, leaf) {
    const { said } = this.words;
    const verdict = new Verdict(this.words, "", said.good_paper);
    try {
      await this.#judgePaper(verdict, year, index, leaf);
    } catch (error) {
      verdict.add("log", null, said.log_unread, { why: why(error) });
    }
    return verdict;
  }

  async #judgePaper(verdict, year, index, leaf) {
    const { said } = this.words;
    if (!this.years.includes(year)) return verdict.add("leaf", false, said.no_log, { year });
    const read = this.open.log(year);
    const note = log.decodeUtf8((await read("checkpoint")) ?? new Uint8Array());
    const checkpoint = await this.#signed(verdict, note);
    if (!checkpoint) return false;
    const { size } = checkpoint;
    if (index >= size) return verdict.add("leaf", false, said.beyond, { index, size });
    const entry = await log.readEntry(read, index, size);
    const found = await log.leafHash(entry);
    const isLeaf = log.hex(found) === leaf;
    if (!verdict.add("leaf", isLeaf, isLeaf ? said.leaf : said.not_leaf, { index })) return false;
    const proof = await log.inclusionProof(log.storedNodes(read, size), index, size);
    if (!(await this.#included(verdict, found, { index, proof }, checkpoint))) return false;
    const text = log.decodeUtf8(entry);
    return this.#tell(verdict, checkpoint, index, { entry: text, told: log.toldBy(text), opened: [] });
  }

  /** The verdict on a document: whether it is among what these receipts open. */
  async ofDocument(name, bytes, verdicts) {
    const { said } = this.words;
    const verdict = new Verdict(this.words, name, "");
    const good = verdicts.filter((each) => each.mark !== WRONG);
    const digest = log.hex(await log.sha256(bytes));
    const all = good.flatMap((each) => each.documents.map((document) => ({ ...document, each })));
    const hit = all.find((document) => document.digest === digest);
    const missed = good.length ? said.not_found : said.failed_receipt;
    const text = !verdicts.length ? said.no_receipt : hit ? said.found : missed;
    const values = { file: name, index: hit?.each.index, kind: hit?.kind };
    verdict.good = fill(text, values);
    verdict.add("document", Boolean(hit), text, values);
    return verdict;
  }

  /**
   * What this device saw of a year before, held against what is published now: a verdict, the
   * note to remember, and the two notes if they contradict each other.
   */
  async ofMemory(year, remembered) {
    const verdict = new Verdict(this.words, `${year}`, "");
    const { said } = this.words;
    const read = this.open.log(year);
    let now, old;
    try {
      now = await this.#checkpoint(log.decodeUtf8(await read("checkpoint")));
    } catch (error) {
      verdict.add("memory", null, said.log_unread, { why: why(error) });
      return { verdict, keep: remembered, notes: [] };
    }
    if (!remembered) {
      verdict.add("memory", true, said.first, { new: now.size });
      return { verdict, keep: now.note, notes: [] };
    }
    try {
      old = await this.#checkpoint(remembered);
    } catch {
      verdict.add("memory", false, said.key_changed);
      return { verdict, keep: remembered, notes: [remembered, now.note] };
    }
    await this.#compare(verdict, "memory", read, old, now);
    const isGood = verdict.mark === RIGHT;
    return { verdict, keep: isGood ? now.note : remembered, notes: isGood ? [] : [remembered, now.note] };
  }

  async #checkpoint(note) {
    return log.openCheckpoint(note, await log.parseKeys(this.vkeys));
  }

  async #signed(verdict, note) {
    const { said } = this.words;
    try {
      const checkpoint = await this.#checkpoint(note);
      const { origin, size, witnesses } = checkpoint;
      const text = said.signature + (witnesses ? said.cosigned : "");
      verdict.add("signature", true, text, { origin, size, count: witnesses });
      return checkpoint;
    } catch (error) {
      verdict.add("signature", false, why(error));
      return null;
    }
  }

  async #included(verdict, leaf, { index, proof }, { size, root }) {
    const isRight = await log.isIncluded(leaf, index, size, proof, root);
    const { inclusion, not_included: missed } = this.words.said;
    return verdict.add("inclusion", isRight, isRight ? inclusion : missed, { index });
  }

  /** Whether what is published now has grown out of what the receipt's checkpoint says. */
  async #checkLog(verdict, old) {
    try {
      const read = this.open.log(Number(old.origin.split("/").at(-1)));
      const now = await this.#checkpoint(log.decodeUtf8((await read("checkpoint")) ?? new Uint8Array()));
      await this.#compare(verdict, "log", read, old, now);
    } catch (error) {
      verdict.add("log", null, this.words.said.log_unread, { why: why(error) });
    }
  }

  async #compare(verdict, name, read, old, now) {
    const { said } = this.words;
    const values = { old: old.size, new: now.size };
    if (now.size < old.size) return verdict.add(name, false, said.log_shorter, values);
    try {
      const isRight = await log.isGrown(read, old, now);
      const text = isRight ? (old.size === now.size ? said.log_same : said[name]) : said.log_forked;
      return verdict.add(name, isRight, text, values);
    } catch (error) {
      return verdict.add(name, null, said.log_unread, { why: why(error) });
    }
  }

  /** What the entry and the opened groups say, in words; as it stands where words are missing. */
  async #tell(verdict, checkpoint, index, { entry, told, opened }) {
    verdict.index = index;
    try {
      const power = await this.#power(verdict, told);
      const year = checkpoint.origin.split("/").at(-1);
      verdict.facts = this.#facts(told, power, year, index);
      for (const [group, { text }] of opened) {
        const value = JSON.parse(text);
        verdict.opened.push([this.words.groups[group] ?? group, this.#lines(value, fields(power))]);
        if (group === "documents") verdict.documents = value.map(([kind, digest]) => ({ kind, digest }));
      }
    } catch (error) {
      if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
      verdict.facts = [["", entry]];
    }
  }

  /** The text of the version that an entry names, held against its hash. */
  async #power(verdict, told) {
    if (!told.power) return null;
    const bytes = await this.open.text(`/powers/versions/${told.version}.json`).catch(() => null);
    if (!bytes) return null;
    const isRight = log.hex(await log.sha256(bytes)) === told.version;
    const { text, not_text: missed } = this.words.said;
    return verdict.add("text", isRight, isRight ? text : missed) ? JSON.parse(log.decodeUtf8(bytes)) : null;
  }

  #facts(told, power, year, index) {
    const { kinds, facts: labels } = this.words;
    const rows = {
      kind: kinds[told.kind] ?? told.kind,
      power: power ? `${power.name}(${told.power})` : told.power,
      step: [...stepWords(power, told, this.words)].filter(Boolean).join(":"),
      post: `${told.organ} ${told.post}`.trim(),
      at: this.#time(told.at),
      subject: told.kind === "act" ? told.subject : "",
      seq: `第${told.seq}条`,
      place: `${year}年第${index}条`,
    };
    return Object.entries(rows).filter(([, value]) => value).map(([key, value]) => [labels[key], value]);
  }

  #time(at) {
    if (at.length === 10) {
      const [year, month, day] = at.split("-").map(Number);
      return `${year}年${month}月${day}日${this.words.said.day_only}`;
    }
    const way = { timeZone: this.words.zone, hourCycle: "h23", year: "numeric", month: "numeric",
      day: "numeric", hour: "2-digit", minute: "2-digit", second: "2-digit" };
    const parts = new Intl.DateTimeFormat("en", way).formatToParts(new Date(at));
    const { year, month, day, hour, minute, second } =
      Object.fromEntries(parts.map(({ type, value }) => [type, value]));
    return `${year}年${month}月${day}日 ${hour}:${minute}:${second}`;
  }

  #lines(value, known) {
    if (Array.isArray(value)) return value.map(([kind, digest]) => [kind, digest]);
    return Object.entries(value).filter(([, each]) => each.length).map(([key, each]) => {
      const field = known[key];
      const text = Array.isArray(each) ? each.join("、") : each;
      return [field?.name ?? this.words.groups[key] ?? key, field?.kind === "金额" ? yuan(text) : text];
    });
  }
}

/** A sum of money in words, from fen. */
function yuan(fen) {
  const [whole, rest] = [fen.slice(0, -2) || "0", fen.slice(-2).padStart(2, "0")];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${grouped}${rest === "00" ? "" : `.${rest}`}元`;
}

/** All fields of a power by their id, wherever they stand. */
function fields(value, found = {}) {
  if (!value || typeof value !== "object") return found;
  for (const each of value.fields ?? []) found[each.id] ??= each;
  for (const each of Object.values(value)) fields(each, found);
  return found;
}

/** Step and outcome in words; in a called chart it is named CALL.STEP, an opinion STEP~opinion. */
function stepWords(power, { step, outcome }, words) {
  if (!power || !step) return [step, outcome];
  const [path, opinion] = step.split("~");
  let steps = power.steps;
  let found;
  for (const id of path.split(".")) {
    found = steps.find((each) => each.id === id);
    steps = (power.charts ?? []).find((chart) => chart.id === found?.call)?.steps ?? [];
  }
  const anytime = (power.anytime ?? []).map((each) => each.outcome);
  const way = [...(found?.outcomes ?? []), ...anytime].find((each) => each.id === outcome);
  const name = found ? `${found.name}${opinion ? words.said.opinion : ""}` : step;
  return [name, way?.name ?? words.outcomes[outcome] ?? outcome];
}

export { Bad };
