// The page: one call at a time, its controls and what they show.

import { Handset } from "./handset.js";
import { askForTicket, Line } from "./line.js";
import { Transcript } from "./transcript.js";
import { Trouble } from "./trouble.js";

const part = (id) => document.getElementById(id);
const transcript = new Transcript(part("words"), part("no-words"), part("words-note"));
const NONE = { handset: null, line: null };

let now = NONE; // the call there is, or was last
let state = "idle"; // idle | calling | live
let problem = null;
let answeredAt = 0;
let ticking = 0;

const SAYS = { idle: "Ready", calling: "Calling …", live: "On the call" };

function enter(next, says = SAYS[next]) {
  const before = document.activeElement;
  state = document.body.dataset.state = next;
  part("status").textContent = says;
  part("call").hidden = next !== "idle";
  part("mute").hidden = part("hang-up").hidden = next === "idle";
  part("mute").disabled = part("keypad").disabled = next !== "live";
  part("line").disabled = next !== "idle" || !part("line").options.length;
  // The control that had the focus is gone: the one which takes its place gets it.
  if (before === part("call") && next !== "idle") part("hang-up").focus();
  if ((before === part("hang-up") || before === part("mute")) && next === "idle") part("call").focus();
}

function tell(trouble) {
  problem = trouble;
  part("problem").hidden = !trouble;
  part("problem").textContent = trouble ? trouble.message : "";
}

async function call() {
  if (state !== "idle") return;
  tell(null);
  enter("calling");
  const handset = new Handset();
  now = { handset, line: null };
  try {
    await handset.open();
    if (abandoned(handset)) return;
    const ticket = await askForTicket(part("line").value);
    if (abandoned(handset)) return;
    connect(handset, new Line(ticket));
  } catch (why) {
    if (abandoned(handset)) return;
    handset.close();
    console.error(why);
    tell(why instanceof Trouble ? why : new Trouble("failed", `The call could not be placed: ${why.message}`));
    enter("idle", "Not connected");
  }
}

/** Whether the person hung up while the call was still being placed. */
function abandoned(handset) {
  if (state === "calling" && now.handset === handset) return false;
  handset.close();
  return true;
}

function connect(handset, line) {
  now = { handset, line };
  line.addEventListener("open", () => answered(handset, line));
  line.addEventListener("audio", ({ detail }) => handset.play(detail));
  line.addEventListener("mark", ({ detail }) => handset.mark(detail));
  line.addEventListener("clear", () => handset.clear());
  line.addEventListener("end", ({ detail }) => ended(handset, line, detail));
  handset.addEventListener("frame", ({ detail }) => line.hear(detail));
  handset.addEventListener("mark", ({ detail }) => line.returnMark(detail));
  handset.addEventListener("levels", () => showLevels(handset));
  handset.addEventListener("unplugged", () =>
    tell(new Trouble("unplugged", "The microphone is gone: you hear the agent, but it cannot hear you. Hang up, then call again.")),
  );
}

function answered(handset, line) {
  if (now.line !== line || state !== "calling") return;
  answeredAt = performance.now();
  mute(false);
  enter("live");
  transcript.start(line.call);
  ticking = setInterval(showCall, 250);
}

function hangUp() {
  if (state === "idle") return;
  const { handset, line } = now;
  line?.hangUp();
  handset?.close();
  ended(handset, line, null);
}

function ended(handset, line, trouble) {
  if (now.line !== line || state === "idle") return;
  handset.close();
  clearInterval(ticking);
  if (state === "live") transcript.finish();
  showCall();
  showLevels(handset);
  tell(trouble);
  enter("idle", trouble ? "Call failed" : "Call ended");
}

function mute(muted) {
  now.handset.muted = muted;
  part("mute").setAttribute("aria-pressed", String(muted));
  part("mute").textContent = muted ? "Muted" : "Mute";
}

function press(digit) {
  if (state !== "live") return;
  now.line.press(digit);
  const key = document.querySelector(`[data-digit="${digit}"]`);
  key.classList.add("down");
  setTimeout(() => key.classList.remove("down"), 150);
}

function showCall() {
  const { handset, line } = now;
  const seconds = state === "live" ? Math.floor((performance.now() - answeredAt) / 1000) : null;
  if (seconds !== null) {
    const two = (number) => String(number).padStart(2, "0");
    part("timer").textContent = `${two(Math.floor(seconds / 60))}:${two(seconds % 60)}`;
  }
  part("played").textContent = `${(handset.played_ms / 1000).toFixed(1)} s`;
  part("queued").textContent = `${Math.round(handset.queued_ms)} ms`;
  part("starved").textContent = `${Math.round(handset.starved_ms)} ms`;
  part("sent").textContent = `${((line?.frames_sent ?? 0) / 50).toFixed(1)} s`;
  part("dropped").textContent = `${(line?.frames_dropped ?? 0) * 20} ms`;
  part("name").textContent = line?.call ?? "none";
}

function showLevels(handset) {
  showLevel(part("mic"), handset.mic);
  showLevel(part("speaker"), handset.speaker);
}

function showLevel(meter, dbfs) {
  const shown = Math.round(Math.max(-60, Math.min(0, dbfs)));
  meter.style.setProperty("--level", (shown + 60) / 60);
  meter.setAttribute("aria-valuenow", shown);
  meter.setAttribute("aria-valuetext", shown === -60 ? "silent" : `${shown} decibels`);
}

part("call").addEventListener("click", call);
part("hang-up").addEventListener("click", hangUp);
part("mute").addEventListener("click", ({ target }) => mute(target.getAttribute("aria-pressed") !== "true"));
part("keypad").addEventListener("click", ({ target }) => {
  const key = target.closest("[data-digit]");
  if (key) press(key.dataset.digit);
});
document.addEventListener("keydown", (event) => {
  const inField = event.target instanceof HTMLSelectElement;
  if (/^[0-9*#]$/.test(event.key) && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) press(event.key);
});
window.addEventListener("pagehide", hangUp);

const wanted = new URLSearchParams(location.search).get("line");
if ([...part("line").options].some((option) => option.value === wanted)) part("line").value = wanted;
if (!part("line").options.length) {
  tell(new Trouble("no_lines", "There is no line to call. Add one to the lines file, then reload this page."));
} else if (!window.isSecureContext) {
  tell(new Trouble("insecure", "Browsers give the microphone only to pages opened over https, or on this same computer at localhost."));
}

/** What the call did, for a look from the console, for support and for tests. Read only. */
window.phone = Object.freeze({
  get state() { return state; },
  get problem() { return problem?.code ?? null; },
  get call() { return now.line?.call ?? null; },
  get played_ms() { return now.handset?.played_ms ?? 0; },
  get queued_ms() { return now.handset?.queued_ms ?? 0; },
  get starved_ms() { return now.handset?.starved_ms ?? 0; },
  get clears() { return now.handset?.clears ?? 0; },
  get frames_sent() { return now.line?.frames_sent ?? 0; },
  get frames_dropped() { return now.line?.frames_dropped ?? 0; },
  get marks_returned() { return now.line?.marks_returned ?? 0; },
});
