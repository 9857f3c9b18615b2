// The map: years by the slider, a commune's name under the pointer or by the arrow keys. Without it the page has the same
// by links and forms.

const WIDTH = 960; // of the drawing
const PAUSE = 120; // milliseconds that the slider stands still before a year is fetched
const TURNS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const SVG = "http://www.w3.org/2000/svg";

const frame = document.querySelector("#map-frame");
const map = document.querySelector("#map");
const marks = document.querySelector("#map-marks");
const told = document.querySelector("#map-told");
const scale = map.querySelector("g").getAttribute("transform");
const shapes = [...map.querySelectorAll(".wg-communes path")];
const words = [...document.querySelectorAll("#map-legend span")].map((span) => span.textContent.trim());
const numberOf = (shape) => Number(shape.dataset.commune ?? shape.id.slice(1));
const shapesOf = (number) => shapes.filter((shape) => numberOf(shape) === number);

// What a year says, fetched once.
const years = new Map();
function load(year) {
  if (!years.has(year)) {
    const loading = fetch(`${frame.dataset.data}?year=${year}`)
      .then((answer) => {
        if (!answer.ok) throw new Error(answer.status);
        return answer.json();
      })
      .then((said) => new Map(said.communes.map((commune) => [commune.bfs_no, commune])));
    loading.catch(() => years.delete(year)); // and is asked for again at the next turn
    years.set(year, loading);
  }
  return years.get(year);
}
let year = Number(frame.dataset.year);

// A ring around a commune, its name and how it stands.
const here = document.createElementNS(SVG, "g");
map.append(here);
let current = null;

function element(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
}

function ring(number) {
  const d = shapesOf(number).map((shape) => shape.getAttribute("d"));
  return element("path", { class: "wg-here", transform: scale, d: d.join("") });
}

function place(text, box) {
  // Above the commune where there is room, and never beyond the edge.
  const { width, height } = text.getBBox();
  const middle = Math.min(Math.max(box.x + box.width / 2, width / 2 + 4), WIDTH - width / 2 - 4);
  const above = box.y - height - 6;
  const top = above > 0 ? above : box.y + box.height + 6;
  for (const line of text.children) line.setAttribute("x", middle);
  text.children[0].setAttribute("y", top + height * 0.42);
  text.children[1]?.setAttribute("y", top + height * 0.92);
}

function label(number, lines) {
  const outline = ring(number);
  const text = element("text", { class: "wg-pin", "text-anchor": "middle" });
  for (const [at, line] of lines.entries()) {
    const part = element("tspan", { x: 0, y: at * 28, class: at ? "wg-pin-small" : "" });
    part.textContent = line;
    text.append(part);
  }
  return { outline, text };
}

function put(into, number, lines) {
  const { outline, text } = label(number, lines);
  into.append(outline, text);
  const box = outline.getBBox();
  const factor = Number(scale.match(/[\d.]+/)[0]);
  place(text, { x: box.x * factor, y: box.y * factor, width: box.width * factor, height: box.height * factor });
}

async function show(number, aloud) {
  current = number;
  const communes = await load(year).catch(() => null);
  if (current !== number || !communes?.has(number)) return;
  const commune = communes.get(number);
  here.replaceChildren();
  put(here, number, [`${commune.name} (${commune.canton})`, words[commune.level]]);
  if (aloud) told.textContent = `${commune.name} (${commune.canton}): ${words[commune.level]}, ${year}`;
}

function hide() {
  current = null;
  here.replaceChildren();
}

map.addEventListener("pointermove", ({ target }) => {
  if (!target.matches(".wg-communes path")) return;
  if (numberOf(target) !== current) show(numberOf(target), false);
});
map.addEventListener("pointerleave", hide);
map.addEventListener("click", ({ target }) => {
  if (target.matches(".wg-communes path")) ask(numberOf(target));
});

// One stop of the tab key; from there the arrows lead on.
map.setAttribute("tabindex", "0");
map.setAttribute("aria-description", frame.dataset.help);
let centres = null;
function centre(number) {
  centres ??= new Map(
    shapes.map((shape) => {
      const { x, y, width, height } = shape.getBBox();
      return [numberOf(shape), [x + width / 2, y + height / 2]];
    }),
  );
  return centres.get(number);
}

function next(number, [right, down]) {
  // The nearest one in that direction; what lies aside counts as further away.
  const [x, y] = centre(number);
  let best = number;
  let least = Infinity;
  for (const [other, [u, v]] of centres) {
    const ahead = (u - x) * right + (v - y) * down;
    const aside = Math.abs((u - x) * down) + Math.abs((v - y) * right);
    if (other === number || ahead <= aside * 0.5) continue;
    const far = ahead + aside * 2;
    if (far < least) [best, least] = [other, far];
  }
  return best;
}

let walked = null;
function first() {
  const found = document.querySelector("#map-hits [data-hit]");
  if (found && shapesOf(Number(found.dataset.hit)).length) return Number(found.dataset.hit);
  let best = numberOf(shapes[0]);
  let least = Infinity;
  centre(best);
  for (const [number, [x, y]] of centres) {
    const far = Math.hypot(x - 1440, y - 900);
    if (far < least) [best, least] = [number, far];
  }
  return best;
}

map.addEventListener("focus", () => {
  if (!map.matches(":focus-visible")) return;
  walked ??= first();
  show(walked, true);
});
map.addEventListener("blur", hide);
map.addEventListener("keydown", (event) => {
  if (event.key === "Escape") return hide();
  walked ??= first();
  if (event.key === "Enter") return ask(walked);
  if (!TURNS[event.key]) return;
  event.preventDefault();
  walked = next(walked, TURNS[event.key]);
  show(walked, true);
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") hide();
});

// What is found stands beside the map and is marked on it.
function ask(number) {
  walked = number;
  htmx.ajax("GET", `${location.pathname}?commune=${number}&year=${year}`, { target: "#map-hits", swap: "outerHTML" });
}

async function mark() {
  const found = [...document.querySelectorAll("#map-hits [data-hit]")].map((hit) => Number(hit.dataset.hit));
  marks.replaceChildren();
  if (!found.length) return;
  walked = found[0];
  const communes = await load(year).catch(() => null);
  for (const number of [...found].reverse()) {
    if (!shapesOf(number).length) continue;
    if (communes?.has(number) && number === found[0]) put(marks, number, [communes.get(number).name]);
    else marks.append(ring(number));
  }
}
document.addEventListener("htmx:afterSettle", ({ target }) => {
  if (target.id === "map-hits") mark();
});

// The years.
const form = document.querySelector("#map-years");
if (form) {
  form.querySelector("[data-without-script]").hidden = true;
  form.querySelector("[data-with-script]").hidden = false;
  const slider = form.querySelector("#map-slider");
  const output = form.querySelector("output");
  const said = () => {
    const count = form.querySelector(`[data-year="${slider.value}"] text`)?.textContent ?? "";
    slider.setAttribute("aria-valuetext", `${slider.value}: ${count} ${form.dataset.unit}`);
    output.textContent = slider.value;
  };
  said();
  let waiting;
  slider.addEventListener("input", () => {
    said();
    clearTimeout(waiting);
    waiting = setTimeout(() => turn(Number(slider.value)), PAUSE);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("htmx:afterSettle", said);
}

async function turn(to) {
  year = to;
  const communes = await load(to).catch(() => null);
  if (year !== to || !communes) return;
  for (const shape of shapes) shape.setAttribute("class", `wg-m${communes.get(numberOf(shape))?.level ?? 0}`);
  for (const field of document.querySelectorAll("[data-map-year]")) field.value = to;
  const open = document.querySelector('#map-table [aria-expanded="true"]')?.closest("[data-canton]").dataset.canton;
  const asked = new URLSearchParams({ year: to, ...(open && { canton: open }) });
  history.replaceState(null, "", `?${asked}`);
  htmx.ajax("GET", `${location.pathname}?${asked}&part=year`, { target: "#map-chart", swap: "outerHTML" });
}
