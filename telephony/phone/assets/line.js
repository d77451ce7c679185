// The carrier's side of Media Streams (Twilio, "Media Streams - WebSocket Messages"), spoken by a page.
// Events: "open", "audio" (detail: Uint8Array of mu-law), "mark" (detail: name), "clear", "end" (detail: Trouble or null)

import { Trouble } from "./trouble.js";

const FRAME_MS = 20;
const MOST_WAITING = 30_000; // bytes in the browser's send buffer, about 2 s: later than that a voice is of no use
const FAREWELL_MS = 2_000;

/** A ticket for a call on `number`: {call, ticket, socket}. Throws Trouble. */
export async function askForTicket(number) {
  let answer;
  try {
    answer = await fetch(new URL("ticket", import.meta.url), {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ line: number }),
    });
  } catch {
    throw new Trouble("unreachable", "The server cannot be reached. Check the connection, then call again.");
  }
  if (answer.ok && !answer.redirected) return answer.json();
  if (answer.status === 401 || answer.redirected) {
    throw new Trouble("signed_out", "You are signed out. Sign in, then open this page again.");
  }
  const text = await answer.text();
  let refusal = {};
  try {
    refusal = JSON.parse(text);
  } catch {
    // not a refusal of the line: plain text says what was wrong
  }
  if (refusal.refused) throw new Trouble("refused", `The line answers: “${refusal.message}”`);
  throw new Trouble("failed", text.slice(0, 300) || `The server could not take the call (${answer.status}).`);
}

function base64(bytes) {
  return btoa(String.fromCharCode(...bytes));
}

function bytesOf(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function randomName(prefix) {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Line extends EventTarget {
  frames_sent = 0;
  frames_dropped = 0;
  marks_returned = 0;

  constructor({ call, ticket, socket }) {
    super();
    this.call = call;
    this.streamSid = randomName("MZ");
    this.sequence = 0;
    this.chunk = 0;
    this.opened = this.ended = this.hungUp = false;
    this.socket = new WebSocket(socket);
    this.socket.onopen = () => this.begin(ticket);
    this.socket.onmessage = ({ data }) => this.told(data);
    this.socket.onclose = (close) => this.end(close);
  }

  begin(ticket) {
    this.opened = true;
    this.socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
    this.send("start", {
      streamSid: this.streamSid,
      callSid: this.call,
      tracks: ["inbound"],
      customParameters: { token: ticket },
      mediaFormat: { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 },
    });
    this.dispatchEvent(new Event("open"));
  }

  /** 20 ms of the microphone. A frame the network cannot take is dropped: its number and its time stay free. */
  hear(mulaw) {
    if (!this.opened || this.ended || this.hungUp) return;
    const timestamp = String(this.chunk++ * FRAME_MS);
    if (this.socket.bufferedAmount > MOST_WAITING) {
      this.sequence++;
      this.frames_dropped++;
      return;
    }
    this.send("media", { track: "inbound", chunk: String(this.chunk), timestamp, payload: base64(mulaw) });
    this.frames_sent++;
  }

  press(digit) {
    this.send("dtmf", { track: "inbound_track", digit });
  }

  returnMark(name) {
    this.send("mark", { name });
    this.marks_returned++;
  }

  hangUp() {
    if (this.ended || this.hungUp) return;
    this.send("stop", { callSid: this.call });
    this.hungUp = true;
    // The server closes once its record is written; a server that is gone never will.
    setTimeout(() => this.socket.close(1000), FAREWELL_MS);
    if (!this.opened) this.socket.close();
  }

  send(event, body) {
    if (this.socket.readyState !== WebSocket.OPEN || this.hungUp) return;
    this.sequence++;
    this.socket.send(
      JSON.stringify({ event, sequenceNumber: String(this.sequence), streamSid: this.streamSid, [event]: body }),
    );
  }

  told(text) {
    if (this.hungUp) return;
    const message = JSON.parse(text);
    if (message.event === "media") this.tell("audio", bytesOf(message.media.payload));
    else if (message.event === "mark") this.tell("mark", message.mark.name);
    else if (message.event === "clear") this.tell("clear");
  }

  tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  end({ code, wasClean }) {
    if (this.ended) return;
    this.ended = true;
    this.tell("end", this.hungUp || (wasClean && code === 1000) ? null : whatEnded(code, this.opened));
  }
}

function whatEnded(code, opened) {
  if (!opened) return new Trouble("unreachable", "The media connection could not be opened. Call again.");
  if (code === 1008) return new Trouble("ticket", "The server did not accept this call: its ticket was used or too old. Call again.");
  if (code === 1013) return new Trouble("refused", "The line takes no more calls just now. Call again in a few minutes.");
  if (code === 1011) return new Trouble("failed", "The server met a fault and ended the call. Its log says more.");
  return new Trouble("lost", "The connection was lost, and the call with it. Check the network, then call again.");
}
