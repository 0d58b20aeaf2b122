"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const { exercises, parts, learners, texts, outcomes } = data;
const HEADS = parts.length ? 2 : 1; // rows of the table's head
const partEnding = (e) => parts.findIndex((part) => part.exercises.at(-1) === e);
const PASSED = outcomes.findIndex((one) => one.name === "PASSED");
// How much an outcome says of an exercise: the worst of its promises stands for it.
const RANKS = "PASSED NOT_STARTED BLOCKED FAILED CRASHED TIMED_OUT GRADER_ERROR"
  .split(" ")
  .map((word) => outcomes.findIndex((one) => one.name === word));
const UNJUDGED = { name: "CRASHED", symbol: "⊘" }; // with the reason as its word
const STEP = 100; // rows that are drawn at a time
const find = (id) => document.getElementById(id);
const [name, section, outcome] = ["by-name", "by-section", "by-outcome"].map(find);
const head = document.querySelector("#table thead");
const body = document.querySelector("#table tbody");
const collator = new Intl.Collator(undefined, { numeric: true });
const hasSections = section !== null;
const state = { key: "name", down: false, open: new Set(), shown: [], drawn: 0 };

// What a stranger wrote becomes text, never markup: there is no innerHTML in this file.
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

learners.forEach((learner, number) => {
  learner.number = number;
  learner.key = learner.name.toLocaleLowerCase();
  learner.kept = learner.verdicts.map((_, e) => tally(learner, e));
  learner.seen = new Set(learner.verdicts.flat().map((verdict) => outcomes[verdict[0]]?.name));
  learner.done = learner.kept.every((one) => one.done);
});

function tally(learner, e) {
  const [verdicts, { specs }] = [learner.verdicts[e], exercises[e]];
  const [points = 0, sign = "", ...reasons] = learner.scores[e];
  const passed = (verdict) => verdict[0] === PASSED;
  const core = verdicts.filter((_, s) => specs[s].tier === "core");
  const stretch = verdicts.filter((_, s) => specs[s].tier !== "core");
  const worst = verdicts.reduce((most, one) => (one.length ? Math.max(most, rank(one)) : most), 0);
  return {
    points,
    sign,
    reasons,
    done: core.length > 0 && core.every(passed),
    stars: stretch.map((one) => (passed(one) ? "★" : "☆")).join(""),
    mark: learner.unjudged[e] ? { ...UNJUDGED, word: learner.unjudged[e] } : outcomes[RANKS[worst]],
  };
}

function rank(verdict) {
  return RANKS.indexOf(verdict[0]);
}

// The table

const EXCUSED = "EX";

function values(learner) {
  if (state.key === "name") return learner.name;
  if (state.key === "section") return learner.section;
  if (state.key === "points") return learner.points;
  if (String(state.key).startsWith("part")) return learner.totals[state.key.slice(4)][0];
  return learner.kept[state.key].points;
}

function compare(one, other) {
  const [a, b] = [values(one), values(other)];
  const found = typeof a === "number" ? a - b : collator.compare(a, b);
  return (state.down ? -found : found) || one.number - other.number;
}

function fits(learner) {
  const wanted = outcome.value;
  return (
    learner.key.includes(name.value.trim().toLocaleLowerCase()) &&
    (!hasSections || section.value === "*" || learner.section === section.value) &&
    (wanted === "*" ||
      (wanted === "done" && learner.done) ||
      (wanted === "undone" && !learner.done) ||
      (wanted === "empty" && !learner.handedIn) ||
      (wanted === "unjudged" && learner.unjudged.some(Boolean)) ||
      learner.seen.has(wanted))
  );
}

function columns() {
  const found = [{ key: "name", title: "Learner" }];
  if (hasSections) found.push({ key: "section", title: "Section" });
  exercises.forEach((exercise, e) => {
    found.push({ key: e, title: exercise.name, exercise });
    if (state.open.has(e)) exercise.specs.forEach((spec, s) => found.push({ e, s, spec }));
    const part = partEnding(e);
    if (part >= 0) found.push({ key: `part${part}`, title: "Total", part });
  });
  return [...found, { key: "points", title: "Points" }];
}

function drawHead() {
  const row = make("tr", { "aria-rowindex": HEADS });
  for (const column of columns()) row.append(column.spec ? promiseHead(column) : sortHead(column));
  head.replaceChildren(...(parts.length ? [partHead()] : []), row);
}

function partHead() {
  const row = make("tr", { "aria-rowindex": 1, class: "part" });
  row.append(make("td", { colspan: hasSections ? 2 : 1 }));
  for (const { title, exercises: members } of parts) {
    const unfolded = members.filter((e) => state.open.has(e)).map((e) => exercises[e].specs.length);
    const colspan = members.length + 1 + unfolded.reduce((sum, count) => sum + count, 0);
    row.append(make("th", { scope: "colgroup", colspan }, title));
  }
  row.append(make("td"));
  return row;
}

function promiseHead({ spec, s }) {
  const unseen = make("span", { class: "unseen" }, `: ${spec.promise}`);
  return make("th", { scope: "col", class: "promise", title: spec.promise }, `${s + 1}`, unseen);
}

function sortHead({ key, title, exercise }) {
  const sorted = state.key === key;
  const arrow = make("span", { "aria-hidden": "true" }, sorted ? (state.down ? " ▼" : " ▲") : "");
  const sort = make("button", { type: "button", "data-sort": key }, title, arrow);
  const cell = make("th", { scope: "col", class: key === "name" || key === "section" ? "" : "number" }, sort);
  if (sorted) cell.setAttribute("aria-sort", state.down ? "descending" : "ascending");
  sort.addEventListener("click", () => {
    const turned = state.key === key ? !state.down : key !== "name" && key !== "section";
    Object.assign(state, { key, down: turned });
    redraw();
    head.querySelector(`[data-sort="${key}"]`).focus();
  });
  if (exercise) cell.append(unfold(key, exercise));
  return cell;
}

function unfold(key, exercise) {
  const open = state.open.has(key);
  const label = `${open ? "Fold" : "Unfold"} the promises of ${exercise.name}`;
  const button = make(
    "button",
    { type: "button", "data-open": key, "aria-expanded": open, "aria-label": label, title: label },
    open ? "−" : "+",
  );
  button.addEventListener("click", () => {
    if (!state.open.delete(key)) state.open.add(key);
    redraw();
    head.querySelector(`[data-open="${key}"]`).focus();
  });
  return button;
}

function drawRow(learner, place, columns) {
  const link = make("a", { href: `#learner-${learner.number}` }, learner.name || "(no name)");
  const row = make("tr", { "aria-rowindex": place + 1 + HEADS }, make("th", { scope: "row" }, link));
  for (const { key, e, s, part } of columns) {
    if (key === "section") row.append(make("td", {}, learner.section));
    else if (key === "points")
      row.append(make("td", { class: "number" }, `${learner.points} / ${learner.max}`));
    else if (part !== undefined)
      row.append(make("td", { class: "number total" }, learner.totals[part].join(" / ")));
    else if (e !== undefined) row.append(markCell(learner.verdicts[e][s]));
    else row.append(exerciseCell(learner.kept[key], exercises[key]));
  }
  return row;
}

function marked(mark) {
  return [
    make("span", { "aria-hidden": "true", class: "symbol" }, mark.symbol),
    make("span", { class: "unseen" }, mark.word),
  ];
}

function exerciseCell({ points, sign, stars, mark, done }, { max }) {
  const told = done && mark.name !== "GRADER_ERROR" ? outcomes[PASSED] : mark;
  const score = sign === EXCUSED ? ` ${sign}` : ` ${points}${sign}/${max} ${stars}`;
  return make("td", { class: `number ${told.name}`, title: told.word }, ...marked(told), score);
}

function markCell(verdict) {
  if (!verdict.length) return make("td", {}, "");
  const mark = outcomes[verdict[0]];
  return make("td", { class: `promise ${mark.name}`, title: mark.word }, ...marked(mark));
}

function draw(count) {
  const next = state.shown.slice(state.drawn, state.drawn + count);
  const cells = columns().slice(1); // the first is the name
  const rows = next.map((learner, i) => drawRow(learner, state.drawn + i, cells));
  body.append(...rows);
  state.drawn += rows.length;
  const left = state.shown.length - state.drawn;
  find("more").hidden = left === 0;
  find("more").textContent = `Show more (${left} left)`;
}

function redraw() {
  drawHead();
  state.shown = learners.filter(fits).sort(compare);
  state.drawn = 0;
  find("table").setAttribute("aria-rowcount", state.shown.length + HEADS);
  body.replaceChildren();
  draw(STEP);
  find("count").textContent = `${state.shown.length} of ${learners.length} learners`;
}

function drawAll() {
  draw(Infinity);
}

// One learner

function drawLearner(learner) {
  const shown = [make("p", { class: "lead" }, `${learner.points} of ${learner.max} points`)];
  if (learner.section) shown.push(make("p", {}, `Section ${learner.section}`));
  shown.push(...drawNotes(learner.notes));
  exercises.forEach((exercise, e) => {
    const part = parts.findIndex((one) => one.exercises[0] === e);
    if (part >= 0) shown.push(drawPart(parts[part], learner.totals[part]));
    shown.push(drawExercise(learner, exercise, e));
  });
  find("learner-title").textContent = learner.name || "(no name)";
  find("learner-body").replaceChildren(...shown);
}

function drawPart({ title }, [points, most]) {
  return make("h3", {}, title, " ", make("small", {}, `${points} of ${most} points`));
}

function drawExercise(learner, exercise, e) {
  const { points, sign, reasons, stars } = learner.kept[e];
  const found = `${points} of ${exercise.max} points${sign === "*" ? ", set by hand" : ""} ${stars}`;
  const score = sign === EXCUSED ? "excused" : found;
  const title = make(parts.length ? "h4" : "h3", {}, exercise.name, " ", make("small", {}, score));
  const list = make("ul", { class: "verdicts" });
  const draw = (s) => drawVerdict(exercise.specs[s], learner.verdicts[e][s]);
  learner.causes[e].forEach((cause) => list.append(drawCause(cause, draw)));
  learner.verdicts[e].forEach((verdict, s) => verdict[0] === PASSED && list.append(draw(s)));
  const promises = make("div", {}, ...drawUnjudged(learner.unjudged[e]), ...drawNotes(reasons), list);
  const code = make("div", { class: "code" }, ...learner.code[e].map(drawCode));
  const both = code.childElementCount ? [promises, code] : [promises];
  return make("section", {}, title, make("div", { class: both.length > 1 ? "beside" : "" }, ...both));
}

function drawUnjudged(why) {
  if (!why) return [];
  const sign = make("span", { class: "mark" }, `${UNJUDGED.symbol} ${why}`);
  return [make("p", { class: UNJUDGED.name }, sign, ": none of these promises was tried.")];
}

function drawNotes(notes) {
  if (!notes.length) return [];
  return [make("ul", { class: "notes" }, ...notes.map((n) => make("li", {}, texts[n])))];
}

// The first promise says why; the others break for the same reason, so that they are only listed.
function drawCause([said, first, ...others], draw) {
  const item = draw(first);
  if (others.length) {
    const listed = others.map((s) => {
      const other = draw(s);
      other.querySelector("pre.message")?.remove();
      return other;
    });
    const summary = make("summary", {}, texts[said]);
    item.append(make("details", { open: "" }, summary, make("ul", { class: "verdicts" }, ...listed)));
  }
  return item;
}

function drawVerdict(spec, [number, message, output]) {
  const mark = outcomes[number];
  const sign = make("span", { class: "mark" }, `${mark.symbol} ${mark.word}`);
  const score = spec.max ? ` ${number === PASSED ? spec.max : 0} of ${spec.max}` : ` ${spec.tier}`;
  const worth = make("small", {}, score);
  const item = make("li", { class: mark.name }, sign, " ", spec.promise, worth);
  if (texts[message]) item.append(make("pre", { class: "message" }, texts[message]));
  if (output !== undefined && texts[output]) {
    const summary = make("summary", {}, "what it printed");
    item.append(make("details", {}, summary, make("pre", {}, texts[output])));
  }
  return item;
}

function drawCode([file, text, first, total, failing]) {
  const code = make("code");
  const content = texts[text].split("\n");
  content.forEach((line, i) => {
    const number = first + i;
    const failed = failing.includes(number);
    const sign = failed ? "▶" : " ";
    const margin = make("span", { class: "line" }, `${sign}${String(number).padStart(4)}  `);
    code.append(make(failed ? "mark" : "span", {}, margin, line), "\n");
  });
  const told = failing.length ? [`▶ marks where it failed: line ${failing.join(", ")}`] : [];
  const last = first + content.length - 1;
  if (content.length < total) told.push(`only lines ${first} to ${last} of ${total} are shown here`);
  const title = make("figcaption", {}, make("strong", {}, file), " ", make("small", {}, told.join("; ")));
  const label = `The code of ${file}`;
  const frame = make("pre", { class: "source", tabindex: 0, role: "region", "aria-label": label }, code);
  return make("figure", {}, title, frame);
}

function scrollToFailures() {
  for (const frame of document.querySelectorAll("pre.source")) {
    const mark = frame.querySelector("mark");
    if (mark) frame.scrollTop = mark.offsetTop - frame.offsetTop - frame.clientHeight / 3;
  }
}

// Views, and the keyboard

function route(event) {
  const hash = location.hash.slice(1);
  const learner = hash.startsWith("learner-") ? learners[Number(hash.slice(8))] : undefined;
  const view = learner ? "learner" : hash === "class" ? "class" : "learners";
  if (learner) drawLearner(learner);
  for (const one of ["learners", "class", "learner"]) find(one).hidden = one !== view;
  if (learner) scrollToFailures();
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!event) return;
  const back = view === "learners" && event.oldURL?.match(/#learner-\d+$/);
  const row = back && body.querySelector(`a[href="${back[0]}"]`);
  (row || find(`${view}-title`)).focus();
  if (!row) scrollTo(0, 0);
}

body.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const row = event.target.closest("tr");
  if (event.key === "End") drawAll();
  if (event.key === "ArrowDown" && row === body.lastElementChild) draw(STEP);
  const goal = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: body.firstElementChild,
    End: body.lastElementChild,
  }[event.key];
  if (goal === undefined) return;
  event.preventDefault();
  goal?.querySelector("a").focus();
});

for (const filter of [name, section, outcome]) filter?.addEventListener("input", redraw);
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault(); // it is no view to come back to
  find("main").focus();
});
find("filters").addEventListener("submit", (event) => event.preventDefault());
find("more").addEventListener("click", () => {
  const first = state.drawn;
  draw(STEP);
  body.children[first]?.querySelector("a").focus();
});
new IntersectionObserver(
  (entries) => entries.some((one) => one.isIntersecting) && draw(STEP),
  { root: document.querySelector("#learners .scroll"), rootMargin: "600px" },
).observe(find("more"));
addEventListener("beforeprint", drawAll);
addEventListener("hashchange", route);
redraw();
route();
