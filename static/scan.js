// The scan station: the field keeps the focus, and each answer is heard and felt, not only seen.

const field = () => document.querySelector("[data-scan-field]");
let sound;

// One tone: high and short for right, low and long for stop.
function tone(hertz, seconds) {
  try {
    sound ??= new AudioContext();
    const wave = sound.createOscillator();
    const volume = sound.createGain();
    wave.frequency.value = hertz;
    wave.type = hertz < 400 ? "square" : "sine";
    volume.gain.setValueAtTime(0.25, sound.currentTime);
    volume.gain.exponentialRampToValueAtTime(0.001, sound.currentTime + seconds);
    wave.connect(volume).connect(sound.destination);
    wave.start();
    wave.stop(sound.currentTime + seconds);
  } catch {
    // No sound on this device: the surface and the word say it, too.
  }
}

// A scanner types by itself: a phone's keyboard stays away until somebody asks for it.
let byHand = false;

function keepKeyboardAway() {
  const byScanner = document.querySelector("[data-scan-by-scanner]");
  if (!byScanner || byHand) return;
  byScanner.inputMode = "none";
  document.querySelector("[data-scan-type]").hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-scan-type]");
  if (!button) return;
  byHand = true;
  button.hidden = true;
  field().inputMode = "text";
  field().blur(); // the keyboard comes with the focus only
  field().focus();
});

// A scan that comes before the last one's answer waits for it: the answer brings the parcel in hand along.
const waiting = [];
let isAsking = false;

document.addEventListener("submit", (event) => {
  const code = event.target.querySelector("[data-scan-field]");
  if (!code || !isAsking) return;
  event.preventDefault();
  event.stopPropagation();
  if (code.value.trim()) waiting.push(code.value);
  code.value = "";
}, true);

document.addEventListener("htmx:beforeRequest", () => {
  isAsking = true;
  if (field()) field().value = ""; // what it held is on its way
});

function answer() {
  const state = document.querySelector("#scan")?.dataset.state;
  if (state === "ok") tone(1320, 0.12);
  if (state === "stop") {
    tone(180, 0.7);
    navigator.vibrate?.([200, 80, 200]);
    waiting.length = 0; // scanned before the stop was seen: it must not wipe it away
  }
  keepKeyboardAway();
  field()?.focus();
  field()?.scrollIntoView({ block: "nearest" }); // htmx gives the focus back without scrolling
  isAsking = false;
  if (waiting.length === 0) return;
  field().value = waiting.shift();
  field().form.requestSubmit();
}

answer();
document.addEventListener("htmx:afterSwap", keepKeyboardAway);
document.addEventListener("htmx:afterSettle", answer);

// A lost answer must not look like a right one: the surface says stop, and nothing else, until the next scan.
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, (event) => {
    const surface = document.querySelector("#scan");
    if (!surface) return;
    surface.dataset.state = "stop";
    const signedOut = event.detail.xhr?.status === 403; // the form's token went with the sign-in
    const lost = document.querySelector(signedOut ? "#scan-signed-out" : "#scan-lost");
    surface.querySelector("[data-scan-answer]").replaceChildren(lost.content.cloneNode(true));
    answer();
  });
}

// Wherever one touches, the next scan goes into the field; links and buttons stay usable.
document.addEventListener("click", (event) => {
  if (!event.target.closest("a, button, input, summary, select")) field()?.focus();
});
document.addEventListener("keydown", (event) => {
  const plain = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (plain && !event.target.closest("input, textarea, select")) field()?.focus();
});
addEventListener("focus", () => field()?.focus());
addEventListener("pageshow", () => { isAsking = false; }); // back from where a scan had led
