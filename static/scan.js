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

function answer() {
  const state = document.querySelector("#scan")?.dataset.state;
  if (state === "ok") tone(1320, 0.12);
  if (state === "stop") {
    tone(180, 0.7);
    navigator.vibrate?.([200, 80, 200]);
  }
  field()?.focus();
}

answer();
document.addEventListener("htmx:afterSettle", answer);

// A lost answer must not look like a right one: the surface says stop until the next scan.
for (const failure of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(failure, () => {
    const surface = document.querySelector("#scan");
    if (!surface) return;
    surface.dataset.state = "stop";
    const lost = document.querySelector("#scan-lost");
    if (lost) surface.querySelector("#scan-word").replaceChildren(lost.content.cloneNode(true));
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
