// Small comforts for every page; each works on attributes and nothing breaks without them.

// After an error the summary has the focus, so that it is read first.
document.querySelector("[data-error-summary]")?.focus();

// Tabs that do not all fit: the one that is shown stands in sight.
for (const here of document.querySelectorAll(".wg-views [aria-current]")) {
  const row = here.closest(".wg-views");
  row.scrollLeft = here.getBoundingClientRect().left - row.getBoundingClientRect().left - row.clientWidth / 3;
}

// A button that prints the page.
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) print();
});

// The folded part of the menu closes as menus do: by Esc, which leads back to its word, and by a press anywhere else.
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll(".wg-more details[open]")) {
    if (!open.contains(event.target)) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  const open = event.key === "Escape" && event.target.closest(".wg-more details[open]");
  if (!open) return;
  open.open = false;
  open.querySelector("summary").focus();
});

// A form goes out once: the second click of a double click does nothing. After some seconds it may be pressed again,
// since who stops a slow page with Esc stays on it.
const SOME_SECONDS = 10_000;
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) event.preventDefault();
  else setTimeout(() => delete form.dataset.sent, SOME_SECONDS);
  form.dataset.sent = "yes";
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

// A form that is kept while it is written: what was typed since is kept when the page is left, but for files.
const written = document.querySelector("form[data-keep]");
if (written) {
  let typed = 0;
  let sent = 0;
  let kept = 0;
  const isKeeping = (event) => event.detail.requestConfig.verb === "post";
  written.addEventListener("input", () => (typed += 1));
  written.addEventListener("htmx:beforeSend", (event) => isKeeping(event) && (sent = typed));
  written.addEventListener("htmx:afterRequest", (event) => {
    if (isKeeping(event) && event.detail.successful) kept = sent;
  });
  written.addEventListener("submit", () => (kept = Infinity));
  addEventListener("pageshow", () => (kept = Math.min(kept, typed)));
  const keep = () => {
    if (document.visibilityState === "visible" || typed <= kept) return;
    const answers = new FormData(written);
    for (const file of written.querySelectorAll("[type=file]")) answers.delete(file.name);
    answers.set("typing", "1");
    if (navigator.sendBeacon(written.action, answers)) kept = typed;
  };
  document.addEventListener("visibilitychange", keep);
}

// Ticked rows: the bar appears with the first tick and says how many there are.
function count(form) {
  const bar = form.querySelector("[data-bulk]");
  if (!bar) return;
  const rows = [...form.querySelectorAll("[data-pick]")];
  const ticked = rows.filter((row) => row.checked).length;
  const all = form.querySelector("[data-pick-all]");
  if (all) {
    all.checked = ticked > 0 && ticked === rows.length;
    all.indeterminate = ticked > 0 && ticked < rows.length;
  }
  const told = bar.querySelector("[data-bulk-count]");
  told.textContent = told.dataset.text.replace("{n}", ticked);
  for (const button of bar.querySelectorAll("[data-bulk-action]")) {
    button.textContent = button.dataset.bulkAction.replace("{n}", ticked);
  }
  bar.hidden = ticked === 0;
}

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (!form) return;
  if (event.target.matches("[data-pick-all]")) {
    for (const row of form.querySelectorAll("[data-pick]")) row.checked = event.target.checked;
  }
  if (event.target.matches("[data-pick], [data-pick-all]")) count(form);
});
document.addEventListener("reset", (event) => setTimeout(() => count(event.target)));

function begin() {
  for (const bar of document.querySelectorAll("[data-bulk]")) count(bar.closest("form"));
}
begin();
document.addEventListener("htmx:afterSwap", begin);

// A postcode with a single place fills the town, unless one was typed.
document.addEventListener("htmx:afterSwap", ({ target }) => {
  if (!target.matches("datalist") || target.options.length !== 1) return;
  const field = document.querySelector(`[list="${target.id}"]`);
  if (!field.value) field.value = target.options[0].value;
});

// A refusal (409) brings its sentence along: show it like any other answer.
document.addEventListener("htmx:beforeSwap", (event) => {
  if ([409, 422].includes(event.detail.xhr.status)) {
    event.detail.shouldSwap = true;
    event.detail.isError = false;
  }
});
