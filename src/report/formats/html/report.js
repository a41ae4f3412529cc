// The list of findings, its filters, and the view of one case. All text enters the page as text, never as markup.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const GRADES = ["note", "warning", "violation"];
  const ROW = 56, HEAD = 38, BEYOND = 8;
  const byId = (id) => document.getElementById(id);

  /** An element with properties and children; strings become text. */
  const el = (tag, props, ...children) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (name === "class") made.className = value;
      else made.setAttribute(name, value);
    }
    made.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== ""));
    return made;
  };
  const grade = (row) => GRADES[row.severity];
  // A client program has no status: the code says how it ended.
  const OF_CLIENTS = ["pull", "copy", "push", "list"];
  const isOfClient = (row) => OF_CLIENTS.includes(row.stage);
  const status = (row) => (isOfClient(row) ? "" : row.status === null ? "no answer" : String(row.status));
  const answer = (row) => [status(row), row.code].filter(Boolean).join(" ");
  const json = (text, otherwise) => {
    try { return JSON.parse(text); } catch { return otherwise; }
  };

  // What a search looks at, once for each row.
  const searched = data.rows.map((row) => [
    row.id, row.shape, row.note, row.class, row.code, row.message, row.target, row.stage, row.status, row.extent,
    row.pointer, grade(row), row.rules.join(" "), data.groups[row.group],
  ].join("\n").toLowerCase());

  // ---- Filters

  const FILTERS = {
    grade: { all: "all grades", of: (row) => [grade(row)] },
    target: { all: "all targets", of: (row) => [row.target] },
    class: { all: "all classes", of: (row) => [row.class] },
    rule: { all: "all rules", of: (row) => row.rules },
    slot: { all: "all slots", of: (row) => row.slots },
  };
  const GROUPINGS = {
    defect: { name: "defect", of: (row) => [row.group], title: (group) => data.groups[group] },
    rule: { name: "rule", of: (row) => (row.rules.length ? row.rules : ["without a rule"]), title: (rule) => rule },
    slot: { name: "slot", of: (row) => row.slots, title: (slot) => slot },
    target: { name: "target", of: (row) => [row.target], title: (target) => target },
    none: { name: "nothing", of: null },
  };
  for (const [id, filter] of Object.entries(FILTERS)) {
    const counts = new Map();
    for (const row of data.rows) for (const value of new Set(filter.of(row))) counts.set(value, (counts.get(value) || 0) + 1);
    const names = [...counts.keys()].sort();
    byId(id).append(el("option", { value: "" }, filter.all), ...names.map((name) => el("option", { value: name }, `${name} (${counts.get(name)})`)));
  }
  byId("group").append(...Object.entries(GROUPINGS).map(([id, one]) => el("option", { value: id }, one.name)));

  /** The state of the page, which is also the part of the address behind `#`. */
  const state = { q: "", group: "defect", grade: "", target: "", class: "", rule: "", slot: "", case: "" };
  const readAddress = () => {
    const given = new URLSearchParams(location.hash.slice(1));
    for (const name of Object.keys(state)) {
      const value = given.get(name);
      state[name] = value === null ? (name === "group" ? "defect" : "") : value;
    }
    if (!GROUPINGS[state.group]) state.group = "defect";
    for (const name of Object.keys(FILTERS).concat("group")) {
      byId(name).value = state[name];
      if (byId(name).selectedIndex < 0) byId(name).value = state[name] = "";
    }
    byId("q").value = state.q;
  };
  const writeAddress = () => {
    const kept = new URLSearchParams();
    for (const [name, value] of Object.entries(state)) if (value && !(name === "group" && value === "defect")) kept.set(name, value);
    history.replaceState(null, "", "#" + kept);
  };

  // ---- The list: only the items in view are in the document

  const list = byId("list");
  const closed = new Set();
  let items = [], tops = [], height = 0, active = -1, shown = 0, printing = false;

  const build = () => {
    const terms = state.q.toLowerCase().split(/\s+/).filter(Boolean);
    const wanted = Object.entries(FILTERS).filter(([id]) => state[id]);
    const matching = [];
    data.rows.forEach((row, at) => {
      if (wanted.every(([id, filter]) => filter.of(row).includes(state[id])) && terms.every((term) => searched[at].includes(term))) matching.push(at);
    });
    shown = matching.length;
    const grouping = GROUPINGS[state.group];
    items = [];
    if (grouping.of) {
      const groups = new Map();
      for (const at of matching) {
        for (const key of new Set(grouping.of(data.rows[at]))) {
          if (!groups.has(key)) groups.set(key, []);
          groups.get(key).push(at);
        }
      }
      const worst = (rows) => Math.max(...rows.map((at) => data.rows[at].severity));
      const sorted = [...groups].map(([key, rows]) => ({ key, rows, worst: worst(rows) }));
      sorted.sort((a, b) => b.worst - a.worst || (state.group === "defect" ? a.key - b.key : b.rows.length - a.rows.length));
      sorted.forEach(({ key, rows, worst: severity }, position) => {
        const isOpen = !closed.has(`${state.group} ${key}`);
        items.push({ key, title: grouping.title(key), count: rows.length, severity, isOpen, position, of: sorted.length });
        if (isOpen) rows.forEach((row, i) => items.push({ row, level: 2, position: i, of: rows.length }));
      });
    } else {
      matching.sort((a, b) => data.rows[b].severity - data.rows[a].severity || a - b);
      matching.forEach((row, i) => items.push({ row, level: 1, position: i, of: matching.length }));
    }
    tops = [];
    height = 0;
    for (const item of items) {
      tops.push(height);
      height += item.row === undefined ? HEAD : ROW;
    }
    const groups = grouping.of ? ` in ${items.filter((item) => item.row === undefined).length} groups` : "";
    byId("count").textContent = data.rows.length === 0 ? "No findings." : `${shown} of ${data.rows.length} findings${groups}`;
    active = Math.min(active, items.length - 1);
  };

  const node = (item, at) => {
    const place = {
      role: "treeitem", id: `item-${at}`, "aria-selected": String(at === active), "aria-level": item.row === undefined ? 1 : item.level,
      "aria-posinset": item.position + 1, "aria-setsize": item.of,
      style: `top:${tops[at]}px;height:${item.row === undefined ? HEAD : ROW}px`,
      onclick: () => { active = at; act(); },
    };
    if (item.row === undefined) {
      return el("div", { ...place, class: "head", "aria-expanded": String(item.isOpen) },
        el("span", { "aria-hidden": "true" }, item.isOpen ? "▾" : "▸"), el("span", { class: "title", title: item.title }, item.title),
        el("span", { class: `badge ${GRADES[item.severity]}` }, GRADES[item.severity]), el("span", { class: "muted" }, String(item.count)));
    }
    const row = data.rows[item.row];
    return el("div", { ...place, class: "row", title: `${row.shape}\n${row.note}` },
      el("span", { class: `badge ${grade(row)}` }, grade(row)), el("span", { class: "mono" }, row.shape),
      el("span", { class: "side" }, row.target), el("span", { class: "note" }, row.note), el("span", { class: "side" }, `${row.class} · ${answer(row)}`));
  };

  /** The first item that ends below this offset. */
  const itemAt = (offset) => {
    let low = 0, high = items.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((middle + 1 < tops.length ? tops[middle + 1] : height) <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  const draw = () => {
    const first = printing ? 0 : Math.max(0, itemAt(list.scrollTop) - BEYOND);
    const last = printing ? items.length : Math.min(items.length, itemAt(list.scrollTop + list.clientHeight) + 1 + BEYOND);
    const space = el("div", { class: "space", style: `height:${height}px`, "aria-hidden": "true" });
    list.replaceChildren(space, ...items.slice(first, last).map((item, i) => node(item, first + i)));
    if (active >= first && active < last) list.setAttribute("aria-activedescendant", `item-${active}`);
    else list.removeAttribute("aria-activedescendant");
  };
  const size = () => { list.style.height = `${Math.min(height + 2, Math.round(innerHeight * 0.7))}px`; };
  const update = () => { build(); size(); draw(); writeAddress(); };

  const move = (to) => {
    if (items.length === 0) return;
    active = Math.max(0, Math.min(items.length - 1, to));
    const end = active + 1 < tops.length ? tops[active + 1] : height;
    if (tops[active] < list.scrollTop) list.scrollTop = tops[active];
    else if (end > list.scrollTop + list.clientHeight) list.scrollTop = end - list.clientHeight;
    draw();
  };
  const toggle = (item, isOpen) => {
    const name = `${state.group} ${item.key}`;
    if (isOpen) closed.delete(name); else closed.add(name);
    update();
  };
  /** Opens the active case, or opens or closes the active group. */
  const act = () => {
    const item = items[active];
    if (!item) return;
    if (item.row === undefined) toggle(item, !item.isOpen);
    else { draw(); show(item.row); }
  };

  list.addEventListener("scroll", () => requestAnimationFrame(draw), { passive: true });
  list.addEventListener("keydown", (event) => {
    const page = Math.max(1, Math.floor(list.clientHeight / ROW) - 1);
    const item = items[active];
    const to = {
      ArrowDown: active + 1, ArrowUp: active - 1, PageDown: active + page, PageUp: active - page, Home: 0, End: items.length - 1,
    }[event.key];
    if (to !== undefined) move(to);
    else if (event.key === "Enter" || event.key === " ") act();
    else if (event.key === "ArrowRight" && item && item.row === undefined && !item.isOpen) toggle(item, true);
    else if (event.key === "ArrowLeft" && item && item.row === undefined && item.isOpen) toggle(item, false);
    else if (event.key === "ArrowLeft" && item && item.level === 2) move(active - item.position - 1);
    else return;
    event.preventDefault();
  });
  byId("q").addEventListener("input", (event) => { state.q = event.target.value; list.scrollTop = 0; update(); });
  for (const id of Object.keys(FILTERS).concat("group")) {
    byId(id).addEventListener("change", (event) => { state[id] = event.target.value; list.scrollTop = 0; active = -1; update(); });
  }
  byId("reset").addEventListener("click", () => { history.replaceState(null, "", "#"); readAddress(); update(); });
  document.querySelector(".tools").addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("keydown", (event) => {
    const isTyping = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !isTyping && !dialog.open) { byId("q").focus(); event.preventDefault(); }
    if (dialog.open && !isTyping && (event.key === "n" || event.key === "p")) step(event.key === "n" ? 1 : -1);
  });
  addEventListener("resize", () => { size(); draw(); });
  addEventListener("beforeprint", () => { printing = true; draw(); });
  addEventListener("afterprint", () => { printing = false; draw(); });

  // ---- JSON as indented text, with one node marked. Duplicate keys, their order and the text of numbers are kept.

  /** The indented lines of a document and the places of its values; null if it is not JSON. */
  const pretty = (text) => {
    const token = /\s+|"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy;
    const stack = [], values = [];
    let out = "", path = "", wantsKey = false, end = 0;
    const open = () => stack[stack.length - 1];
    const line = () => { out += "\n" + "  ".repeat(Math.min(stack.length, 40)); };
    const begin = () => {
      const top = open();
      if (top && top.isArray) path = `${top.path}/${top.next++}`;
      values.push({ path, start: out.length, end: 0 });
      return values.length - 1;
    };
    for (let match = token.exec(text); match; match = token.exec(text)) {
      const word = match[0];
      end = token.lastIndex;
      if (/^\s/.test(word)) continue;
      const top = open();
      if (word === "{" || word === "[") {
        if (top && top.isArray) line();
        const value = begin();
        out += word;
        stack.push({ isArray: word === "[", path, next: 0, value, isEmpty: true });
        wantsKey = word === "{";
      } else if (word === "}" || word === "]") {
        const done = stack.pop();
        if (!done) return null;
        if (!done.isEmpty) line();
        out += word;
        values[done.value].end = out.length;
        wantsKey = false;
      } else if (word === ",") {
        out += ",";
        wantsKey = Boolean(top) && !top.isArray;
        continue;
      } else if (word === ":") {
        out += ": ";
        continue;
      } else if (wantsKey && top) {
        line();
        out += word;
        path = `${top.path}/${json(word, word).replaceAll("~", "~0").replaceAll("/", "~1")}`;
        wantsKey = false;
      } else {
        if (top && top.isArray) line();
        const value = begin();
        out += word;
        values[value].end = out.length;
      }
      if (top) top.isEmpty = false;
    }
    return end === text.length && stack.length === 0 ? { text: out, values } : null;
  };

  const marked = (text, start, end) => [text.slice(0, start), el("mark", {}, text.slice(start, end)), text.slice(end)];

  /** A document with the place of the difference marked. */
  const view = (bytes, pointer) => {
    const text = new TextDecoder().decode(bytes);
    if (pointer.startsWith("byte:")) {
      const at = Math.max(0, Number(pointer.slice(5)));
      const part = (from, to) => new TextDecoder().decode(bytes.slice(from, to));
      return el("pre", {}, part(0, at), el("mark", {}, part(at, at + 1) || "(end)"), part(at + 1));
    }
    const read = pretty(text);
    if (!read) return el("pre", {}, text);
    const points = pointer === "" || pointer.startsWith("/");
    const found = points && pointer !== "" ? read.values.find((value) => value.path === pointer) : null;
    if (found) return el("pre", {}, ...marked(read.text, found.start, found.end));
    return el("div", {}, el("pre", {}, read.text), points && pointer !== "" ? el("p", { class: "muted" }, `${pointer} is absent here.`) : null);
  };
  const bytesOf = (base64) => {
    try { return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0)); } catch { return null; }
  };

  // ---- The view of one case

  const dialog = byId("case");
  const copy = (label, text) => el("button", { type: "button", class: "copy", onclick: async (event) => {
    const button = event.currentTarget;
    try {
      await navigator.clipboard.writeText(text());
      button.textContent = "Copied";
    } catch {
      button.textContent = "Select and copy by hand";
    }
  } }, label);
  const curl = (row) => {
    const line = data.texts[row.curl];
    const has = row.bytes === 0 || /^[A-Za-z0-9+/=]+$/.test(row.body);
    return has ? `printf %s '${row.body}' | base64 -d | ${line}` : `${line} < BODY`;
  };
  const requestLines = (row, request, pointer) => {
    const reference = request.path.lastIndexOf("/") + 1;
    const path = pointer === "reference" ? marked(request.path, reference, request.path.length) : [request.path];
    const lines = Object.entries(request.headers || {}).map(([name, value]) => {
      const text = `${name}: ${value}`;
      return pointer.toLowerCase() === `header:${name.toLowerCase()}` ? [el("mark", {}, text), "\n"] : [text, "\n"];
    });
    return el("pre", {}, `${request.method} `, ...path, " HTTP/1.1\n", ...lines.flat());
  };
  const other = (one) => (one.file ? `in the file ${one.file} beside the corpus` : `${one.method} ${one.path}`);
  const others = (title, list) => (list && list.length ? [el("h3", {}, title), el("pre", {}, list.map(other).join("\n"))] : []);

  const ruleView = (id) => {
    const rule = data.rules[id];
    if (!rule) return el("p", {}, el("code", {}, id));
    return el("div", {},
      el("p", {}, el("b", {}, id), ` (${rule.level}) · `, el("a", { href: rule.link, rel: "noreferrer" }, rule.clause)),
      el("blockquote", {}, rule.says),
      rule.why ? el("p", {}, el("b", {}, "Why it matters: "), rule.why) : null,
      rule.fix ? el("p", {}, el("b", {}, "Fix: "), rule.fix) : null);
  };

  const show = (at) => {
    const row = data.rows[at];
    const request = json(data.texts[row.request], {});
    const witness = json(data.texts[row.witness], null);
    const needs = json(data.texts[row.needs], []);
    const body = row.body || row.bytes === 0 ? bytesOf(row.body) : null;
    const pair = (term, ...value) => (value.every((one) => !one) ? [] : [el("dt", {}, term), el("dd", {}, ...value)]);
    const seen = row.first === row.last ? row.first : `${row.first || "?"} to ${row.last || "?"}`;
    const facts = el("dl", {},
      ...pair("Target", row.target, row.version && ` ${row.version}`),
      ...pair("Observed", row.note),
      ...pair("Expected", data.texts[row.expect]),
      ...pair("How far it goes", row.extent),
      ...pair("Same symptom", row.also.join("  "), row.alsoCount > row.also.length ? ` and ${row.alsoCount - row.also.length} more` : ""),
      ...pair("Group", data.groups[row.group]),
      ...pair("Reproduced", row.reproduced === null ? "" : row.reproduced === 0 ? "not confirmed" : `${row.reproduced} times`),
      ...pair("Found from", row.from === row.shape ? "" : row.from),
      ...pair("Seen", row.first || row.last ? seen : "", row.seed && `, seed ${row.seed}`, row.tool && `, manifuzz ${row.tool}`),
      ...pair("Row", row.line === null ? "" : `${data.file}:${row.line}`));
    const document_ = body
      ? view(body, row.pointer)
      : el("p", {}, `The row does not hold this body of ${row.bytes} bytes (${row.sha256}); manifuzz repro ${row.id} writes it.`);
    const accepted = witness && el("div", {}, el("h3", {}, "Nearest accepted case"), el("p", { class: "mono" }, witness.shape),
      witness.body_base64 ? view(bytesOf(witness.body_base64) || new Uint8Array(), row.pointer) : el("p", {}, `Its body is ${witness.body_sha256}.`),
      witness.request && /^(header:|reference)/.test(row.pointer) ? requestLines(row, witness.request, row.pointer) : null);
    const difference = row.pointer && el("p", {}, "They differ at ", el("code", {}, row.pointer), ".");
    const line = request.method && !isOfClient(row) ? curl(row) : "";
    const needRow = (need) => {
      const cells = [need.path, need.kind, need.state, need.size, need.digest].map((value) => el("td", { class: "mono" }, value === undefined ? "" : String(value)));
      return el("tr", {}, row.pointer === `facts:${need.path}` ? el("td", { class: "mono" }, el("mark", {}, need.path)) : cells[0], ...cells.slice(1));
    };
    const listed = Array.isArray(needs) ? needs.filter((need) => need.path !== undefined) : [];
    const content = el("div", { class: "inside" },
      facts,
      el("h3", {}, row.rules.length > 1 ? "Clauses" : "Clause"),
      ...(row.rules.length ? row.rules.map(ruleView) : [el("p", {}, "No rule of a specification decides this.")]),
      difference,
      el("div", { class: "pair" }, el("div", {}, el("h3", {}, "Document"), el("p", { class: "mono" }, row.shape), document_), accepted),
      body && el("details", {}, el("summary", {}, `Exact body: ${row.bytes} bytes, ${row.sha256}`), el("pre", {}, new TextDecoder().decode(body)),
        copy("Copy as base64", () => row.body)),
      ...others("Requests before it", request.before),
      el("h3", {}, "Request"), request.method ? requestLines(row, request, row.pointer) : null,
      ...others("Requests after it", request.after),
      el("h3", {}, isOfClient(row) ? `How the program ended: ${row.stage}` : `Answer at ${row.stage}`), el("pre", {}, [answer(row), row.message].filter(Boolean).join("\n")),
      listed.length ? el("h3", {}, "Content it references") : null,
      listed.length ? el("div", { class: "scroll" }, el("table", {}, el("thead", {}, el("tr", {}, ...["path", "kind", "state", "size", "digest"].map((name) => el("th", {}, name)))), el("tbody", {}, ...listed.map(needRow)))) : null,
      ...(isOfClient(row)
        ? [el("p", { class: "muted" }, `manifuzz repro ${row.id} writes a script that serves the case and runs the program.`)]
        : [el("h3", {}, "curl")]),
      line ? el("pre", { id: "curl" }, line) : null, line ? copy("Copy curl line", () => line) : null,
      listed.length && line ? el("p", { class: "muted" }, `This sends the tested request only; manifuzz repro ${row.id} writes a script that pushes the referenced content, too.`) : null);
    dialog.replaceChildren(
      el("div", { class: "bar" }, el("span", { class: `badge ${grade(row)}` }, grade(row)), el("span", { class: "badge" }, row.class),
        el("h2", { id: "case-title" }, row.shape), el("span", { class: "muted mono" }, row.id),
        el("button", { type: "button", onclick: () => step(-1), title: "p" }, "Previous"), el("button", { type: "button", onclick: () => step(1), title: "n" }, "Next"),
        el("button", { type: "button", autofocus: "", onclick: () => dialog.close() }, "Close")),
      content);
    state.case = String(at);
    writeAddress();
    if (!dialog.open) dialog.showModal();
    dialog.scrollTop = 0;
  };
  /** Shows the next or the previous case of the list. */
  const step = (by) => {
    let to = active + by;
    while (items[to] && items[to].row === undefined) to += by;
    if (items[to]) { move(to); show(items[to].row); }
  };
  dialog.addEventListener("close", () => { state.case = ""; writeAddress(); list.focus({ preventScroll: true }); });
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });

  // ---- Theme

  const THEMES = ["auto", "light", "dark"];
  const stored = () => { try { return localStorage.getItem("manifuzz-theme"); } catch { return null; } };
  const setTheme = (theme) => {
    const name = THEMES.includes(theme) ? theme : "auto";
    if (name === "auto") delete document.documentElement.dataset.theme; else document.documentElement.dataset.theme = name;
    byId("theme").textContent = `Theme: ${name}`;
    return name;
  };
  let theme = setTheme(stored());
  byId("theme").addEventListener("click", () => {
    theme = setTheme(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
    try { localStorage.setItem("manifuzz-theme", theme); } catch { /* A page from a file may not store anything. */ }
  });

  // ---- Start

  const start = () => {
    readAddress();
    const chosen = state.case;
    update();
    if (/^\d+$/.test(chosen) && data.rows[chosen]) {
      active = items.findIndex((item) => item.row === Number(chosen));
      if (active >= 0) move(active);
      show(Number(chosen));
    }
  };
  addEventListener("hashchange", () => {
    // Links to sections keep the filters.
    if (!location.hash.includes("=")) return;
    start();
    if (!state.case && dialog.open) dialog.close();
  });
  start();
})();
