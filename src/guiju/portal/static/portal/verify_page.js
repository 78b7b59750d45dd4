// The page that verifies: takes its forms over where the browser can check signatures itself, and
// leaves them to the server where it cannot. Nothing chosen here is sent anywhere.

import { isAble } from "./verify.js";
import { Judge } from "./verify_verdicts.js";

const MARKS = { ok: "✔", bad: "✘", unsure: "?" };
const SEEN = "guiju-log:"; // what this device saw last of a log
const FILE_BYTES_MAX = 2_000_000;
const DOCUMENT_BYTES_MAX = 200_000_000;

const $ = (selector) => document.querySelector(selector);
const data = (id) => JSON.parse($(`#${id}`).textContent);

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

async function fetched(path, options) {
  const answer = await fetch(path, options);
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return new Uint8Array(await answer.arrayBuffer());
}

const open = {
  log: (year) => (path) =>
    fetched(`/log/${year}/${path}`, { cache: path === "checkpoint" ? "no-store" : "default" }),
  text: (path) => fetched(path),
};

/** What this device keeps; a browser that keeps nothing has seen nothing. */
const memory = {
  of: (year) => {
    try {
      return localStorage.getItem(SEEN + year);
    } catch {
      return null;
    }
  },
  keep: (year, note) => {
    try {
      localStorage.setItem(SEEN + year, note);
    } catch {
      // next time it is a first time again
    }
  },
};

const facts = (rows) =>
  make("dl", { class: "facts" }, ...rows.flatMap(([label, value]) => [make("dt", {}, label), make("dd", {}, value)]));

function line({ name, mark, said }) {
  const sign = make("span", { "aria-hidden": "true" }, MARKS[mark]);
  const aloud = mark === "bad" ? [make("span", { class: "skip" }, "没有通过。")] : [];
  return make("li", { class: `check-${mark}` }, sign, " ", make("strong", {}, name), ":", ...aloud, said);
}

function shown(verdict, by) {
  const section = make("section", { class: `verdict verdict-${verdict.mark}` });
  const sign = make("span", { "aria-hidden": "true" }, MARKS[verdict.mark]);
  section.append(make("h2", {}, sign, ` ${verdict.sentence}`));
  if (verdict.source) section.append(make("p", { class: "hash" }, verdict.source));
  if (verdict.facts.length) section.append(facts(verdict.facts));
  for (const [group, rows] of verdict.opened) section.append(make("h3", {}, group), facts(rows));
  section.append(make("h3", {}, "逐项核对"), make("ul", { class: "checks" }, ...verdict.checks.map(line)));
  section.append(make("p", { class: "soft" }, by));
  return section;
}

class Page {
  constructor(words, judge) {
    Object.assign(this, { words, judge, receipts: [] });
    this.by = words.said.by_browser;
  }

  start() {
    $("#digest-field").remove();
    $("#by-document").hidden = false;
    this.take("#by-file", (form) => this.byFile(form));
    this.take("#by-paper", (form) => this.byPaper(form));
    this.take("#by-document", (form) => this.byDocument(form));
    const asked = new URLSearchParams(location.search);
    if (["year", "index", "leaf"].every((name) => asked.get(name))) this.run(() => this.byPaper($("#by-paper")));
    this.remember();
  }

  take(selector, act) {
    $(selector).addEventListener("submit", (event) => {
      event.preventDefault();
      this.run(() => act(event.target));
    });
  }

  /** Shows the verdicts that an act answers, or the problem. */
  async run(act) {
    const place = $("#verdicts");
    place.replaceChildren(make("p", { class: "note" }, this.words.said.checking));
    try {
      place.replaceChildren(...(await act()).map((verdict) => shown(verdict, this.by)));
    } catch (error) {
      place.replaceChildren(make("div", { class: "note note-error", role: "alert" }, make("p", {}, error.message)));
    }
    place.scrollIntoView({ block: "nearest" });
  }

  async byFile(form) {
    const files = [...form.elements.receipt.files];
    if (!files.length) throw new Error(this.words.said.no_file);
    this.receipts = await Promise.all(files.map(async (file) => {
      const bytes = file.size > FILE_BYTES_MAX ? new Uint8Array() : new Uint8Array(await file.arrayBuffer());
      return this.judge.ofReceipt(file.name, bytes);
    }));
    return this.receipts;
  }

  async byPaper(form) {
    const [year, index, leaf] = ["year", "index", "leaf"].map((name) =>
      form.elements[name].value.replace(/\s/g, "").toLowerCase());
    if (!/^\d{4}$/.test(year) || !/^\d{1,15}$/.test(index) || !/^[0-9a-f]{64}$/.test(leaf)) {
      throw new Error(this.words.said.not_numbers);
    }
    return [await this.judge.ofPaper(Number(year), Number(index), leaf)];
  }

  async byDocument(form) {
    const [file] = form.elements.file.files;
    if (file.size > DOCUMENT_BYTES_MAX) throw new Error(this.words.said.file_too_big.replace("{limit}", "200MB"));
    const bytes = new Uint8Array(await file.arrayBuffer());
    return [await this.judge.ofDocument(file.name, bytes, this.receipts), ...this.receipts];
  }

  /** Holds what this device saw last of every log against what is published now. */
  async remember() {
    for (const year of this.judge.years) {
      const { verdict, keep, notes } = await this.judge.ofMemory(year, memory.of(year));
      if (keep) memory.keep(year, keep);
      if (verdict.mark === "bad") this.shout(year, verdict, notes);
      else $("#memory").append(make("p", { class: "soft" }, `${year}年日志:${verdict.checks[0].said}。`));
    }
  }

  shout(year, verdict, notes) {
    const section = shown(verdict, this.by);
    section.setAttribute("role", "alert");
    section.append(make("p", {}, "下面是以前看到的和现在公布的检查点。两张放在一起就是证据,请抄下来:"),
      ...notes.map((note) => make("pre", { class: "hash", tabindex: "0", "aria-label": "检查点" }, note)));
    const forget = make("button", { type: "button" }, "已经留好,忘掉以前记住的");
    forget.addEventListener("click", () => {
      localStorage.removeItem(SEEN + year);
      section.remove();
    });
    section.append(forget);
    $("#memory").append(section);
  }
}

if (await isAble()) {
  const words = data("words");
  new Page(words, new Judge(words, data("keys"), data("years"), open)).start();
} else {
  $("#unable").hidden = false;
}
