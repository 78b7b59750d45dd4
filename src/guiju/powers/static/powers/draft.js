// The editor of drafts, on top of a page that works without this: what is typed is saved and
// judged after a short pause, row buttons do not reload the page, and a copy of what has not
// reached the server yet is kept on this computer. The server does everything else.
"use strict";
(() => {
  const PAUSE = 300, RETRY = 5000, SAVED = "X-Draft-Revision";
  const OWN = ["csrfmiddlewaretoken", "revision", "page", "count"]; // not words
  const $ = (id) => document.getElementById(id);
  const form = () => $("draft");
  const key = "guiju-draft:" + location.pathname;
  const entries = () => [...new FormData(form())].filter(([, value]) => typeof value === "string");
  const words = (pairs) => JSON.stringify(pairs.filter(([name]) => !OWN.includes(name)));
  let timer = 0, queue = Promise.resolve();

  const say = (text) => { if ($("saved").textContent !== text) $("saved").textContent = text; };
  const later = (task) => { queue = queue.then(task, task); return queue; };

  // ── the copy on this computer
  const keep = () => {
    try { localStorage.setItem(key, JSON.stringify({ at: Date.now(), pairs: entries() })); } catch { /* full or forbidden */ }
  };
  const forget = () => { try { localStorage.removeItem(key); } catch { /* forbidden */ } };
  const kept = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };
  const offer = () => {
    const copy = kept();
    if (!copy || words(copy.pairs) === words(entries())) return;
    $("copy-time").textContent = new Date(copy.at).toLocaleString("zh-CN");
    $("copy").hidden = false;
  };

  // ── to the server and back
  const send = async (url, pairs) => {
    const counted = form().elements.namedItem("count");
    counted.value = String(Number(counted.value) + 1);
    const own = Object.fromEntries(entries().filter(([name]) => OWN.includes(name)));
    const token = /(?:^|; )csrftoken=(\w+)/.exec(document.cookie); // another one after a new login
    if (token) own.csrfmiddlewaretoken = token[1];
    const all = pairs.filter(([name]) => name === "revision" || !OWN.includes(name));
    for (const name of OWN) if (!all.some(([each]) => each === name)) all.push([name, own[name]]);
    const answer = await fetch(url, { method: "POST", body: new URLSearchParams(all) });
    if (!answer.headers.has(SAVED)) throw new Error(String(answer.status));
    return answer;
  };
  const failed = () => {
    say("没有存到服务器,文字留在这台电脑上;网络恢复或重新登录后会再存");
    clearTimeout(timer);
    timer = setTimeout(() => later(preview), RETRY);
  };
  const preview = async () => {
    const sent = entries();
    say("正在保存……");
    try {
      const answer = await send(form().dataset.preview, sent);
      show(new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("preview"));
      if (!answer.ok) { say("没有覆盖别人存的,您写的还在这里"); return; }
      form().elements.namedItem("revision").value = answer.headers.get(SAVED);
      if (words(sent) === words(entries())) forget();
      say("已保存," + ($("verdict") ? $("verdict").textContent : ""));
    } catch { failed(); }
  };
  const operate = async (pairs, button) => {
    form().inert = true;
    try {
      const answer = await send(form().getAttribute("action"), [...pairs, ["op", button]]);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("editor");
      if (button === "branch" && answer.ok) { forget(); location.assign(answer.url); return; }
      const top = scrollY, opened = [...document.querySelectorAll("details[open]")].map((each) => each.parentElement.id);
      $("editor").replaceWith(page);
      for (const id of opened.filter(Boolean)) $(id)?.querySelector(":scope > details")?.setAttribute("open", "");
      scrollTo(0, top);
      if (answer.ok) forget();
      marks();
      go($("editor").dataset.at);
    } catch { failed(); }
    form().inert = false;
  };

  // ── what is seen
  const show = (fresh) => {
    const old = $("preview"), drawn = $("drawn"), top = drawn ? drawn.scrollTop : 0;
    old.replaceWith(fresh);
    if ($("drawn")) $("drawn").scrollTop = top;
    else if (drawn && $("not-drawn")) { drawn.classList.add("old"); drawn.setAttribute("aria-label", "上一次画得出的流程图"); $("not-drawn").append("淡色的是上一次的图。"); $("not-drawn").after(drawn); }
    marks();
  };
  const marks = () => {
    for (const each of document.querySelectorAll(".troubled")) each.classList.remove("troubled");
    for (const link of document.querySelectorAll(".problems a")) {
      $(link.hash.slice(1))?.closest("[data-row], .boxed")?.classList.add("troubled");
    }
  };
  const go = (id) => {
    const target = id && $(id);
    if (!target) return;
    for (let each = target.closest("details"); each; each = each.parentElement.closest("details")) each.open = true;
    target.focus();
    target.scrollIntoView({ block: "center" });
  };

  // ── what people do; on the document, because the editor is replaced now and then
  document.addEventListener("input", (event) => {
    if (event.target.form !== form()) return;
    keep();
    clearTimeout(timer);
    timer = setTimeout(() => later(preview), PAUSE);
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== form()) return;
    event.preventDefault();
    clearTimeout(timer);
    const button = event.submitter ? event.submitter.value : "save";
    keep();
    later(() => operate(entries(), button));
  });
  document.addEventListener("click", (event) => {
    const link = event.target.closest(".problems a");
    if (link) { event.preventDefault(); go(link.hash.slice(1)); }
    if (event.target.id === "copy-take") later(() => operate(kept().pairs, "save"));
    if (event.target.id === "copy-drop") { forget(); $("copy").hidden = true; }
  });
  document.addEventListener("keydown", (event) => {
    const operation = { Enter: "add", ArrowUp: "up", ArrowDown: "down" }[event.key];
    if (!event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key.toLowerCase() === "p") {
      const problem = document.querySelector(".problems a");
      if (problem) { event.preventDefault(); problem.focus(); }
      return;
    }
    const row = operation && event.target.closest("[data-row]");
    const button = row && row.querySelector(`[data-op=${operation}][value="${operation} ${path(row.id)}"]`);
    if (button) { event.preventDefault(); button.click(); }
  });
  const LISTS = { s: "steps", o: "outcomes", c: "controls", p: "posts", e: "ends" };
  const path = (id) => id.split("-").map((part) => LISTS[part[0]] + "." + part.slice(1)).join(".");

  offer();
  marks();
  go(location.hash.slice(1));
})();
