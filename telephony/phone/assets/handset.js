// Microphone and loudspeaker. Events: "frame" (detail: Uint8Array), "levels", "mark" (detail: name), "unplugged".

import { Trouble } from "./trouble.js";

const ECHO_CANCELLED = {
  channelCount: 1,
  echoCancellation: true, // the agent must not hear itself
  noiseSuppression: false, // it gnaws at consonants, which the recognizer needs
  autoGainControl: true,
};
const SILENT = -100; // dBFS

export class Handset extends EventTarget {
  played_ms = 0;
  queued_ms = 0;
  starved_ms = 0;
  clears = 0;
  mic = SILENT;
  speaker = SILENT;

  /** Ask for the microphone and start both directions. Throws Trouble. Needs a click of the person. */
  async open() {
    this.stream = await askForMicrophone();
    this.context = new AudioContext({ latencyHint: "interactive" });
    try {
      await this.context.resume();
      await this.context.audioWorklet.addModule(new URL("capture.js", import.meta.url));
      await this.context.audioWorklet.addModule(new URL("player.js", import.meta.url));
    } catch (why) {
      this.close();
      throw new Trouble("audio", `The browser could not start its audio: ${why.message}. Reload the page.`);
    }
    this.capture = new AudioWorkletNode(this.context, "capture", { outputChannelCount: [1] });
    this.player = new AudioWorkletNode(this.context, "player", { numberOfInputs: 0, outputChannelCount: [1] });
    this.capture.port.onmessage = ({ data }) => this.captured(data);
    this.player.port.onmessage = ({ data }) => this.playerSaid(data);
    // The capture node puts out silence; only a connected node runs in every browser.
    this.context.createMediaStreamSource(this.stream).connect(this.capture).connect(this.context.destination);
    this.player.connect(this.context.destination);
    const [track] = this.stream.getAudioTracks();
    track.addEventListener("ended", () => this.dispatchEvent(new Event("unplugged")));
  }

  play(mulaw) {
    this.player.port.postMessage({ audio: mulaw });
  }

  mark(name) {
    this.player.port.postMessage({ mark: name });
  }

  clear() {
    this.player.port.postMessage({ clear: true });
  }

  set muted(muted) {
    for (const track of this.stream.getAudioTracks()) track.enabled = !muted;
  }

  /** Let go of the microphone; harmless when repeated. */
  close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    if (this.context && this.context.state !== "closed") this.context.close();
    this.mic = this.speaker = SILENT;
  }

  captured({ frame, level }) {
    this.mic = level;
    this.dispatchEvent(new CustomEvent("frame", { detail: frame }));
    this.dispatchEvent(new Event("levels"));
  }

  playerSaid(said) {
    if (said.reached !== undefined) this.returnMark(said.reached);
    else if (said.cleared) {
      this.clears++;
      said.cleared.forEach((name) => this.returnMark(name));
    } else {
      this.played_ms = said.played;
      this.queued_ms = said.queued;
      this.starved_ms = said.starved;
      this.speaker = said.level;
    }
  }

  returnMark(name) {
    this.dispatchEvent(new CustomEvent("mark", { detail: name }));
  }
}

async function askForMicrophone() {
  if (!window.isSecureContext || !navigator.mediaDevices) {
    throw new Trouble(
      "insecure",
      "Browsers give the microphone only to pages opened over https, or from this same computer at localhost. " +
        "Open this page at its https address.",
    );
  }
  try {
    return await navigator.mediaDevices.getUserMedia({ audio: ECHO_CANCELLED });
  } catch (why) {
    throw new Trouble(...(MICROPHONE[why.name] ?? ["microphone", `The microphone could not be opened: ${why.message}`]));
  }
}

const MICROPHONE = {
  NotAllowedError: [
    "denied",
    "The browser may not use the microphone. Allow it with the sign at the left of the address bar, then call again.",
  ],
  NotFoundError: ["no_microphone", "No microphone was found. Plug one in, or switch it on in the system settings."],
  NotReadableError: ["busy", "The microphone cannot be read: another program may be using it. Close it, then call again."],
};
