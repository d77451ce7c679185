// Audio worklet: the carrier's play-out queue. It drains in real time; a mark is reached when everything before it
// has been handed to the loudspeaker; a clear empties it at once and gives the waiting marks back.
// In:  {audio: Uint8Array of mu-law} | {mark: name} | {clear: true}
// Out: {reached: name} | {cleared: [names]} | {played, queued, starved: ms, level: dBFS}

import { decode } from "./g711.js";
import { Resampler } from "./resampler.js";

const PER_MS = 8;
const REPORT_EVERY = 50 * PER_MS;

class Player extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(8000, sampleRate);
    this.queue = []; // Float32Array of 8 kHz samples, or the name of a mark
    this.at = 0; // in the head of the queue
    this.queued = 0;
    this.played = 0;
    this.starved = 0;
    this.gap = -1; // silence since the queue ran dry within a sentence; -1: not within one
    this.pulled = 0;
    this.power = 0;
    this.next = this.next.bind(this);
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told(message) {
    if (message.audio) this.add(decode(message.audio));
    else if (message.mark !== undefined) this.queue.push(message.mark);
    else if (message.clear) this.clear();
  }

  add(samples) {
    this.starved += Math.max(0, this.gap);
    this.gap = -1;
    this.queue.push(samples);
    this.queued += samples.length;
  }

  clear() {
    const cleared = this.queue.filter((item) => typeof item === "string");
    this.queue = [];
    this.at = this.queued = 0;
    this.gap = -1;
    this.port.postMessage({ cleared });
    this.report();
  }

  reachMarks() {
    while (typeof this.queue[0] === "string") {
      this.gap = -1; // a mark closes the sentence
      this.port.postMessage({ reached: this.queue.shift() });
    }
  }

  next() {
    this.reachMarks();
    const head = this.queue[0];
    let sample = 0;
    if (head) {
      sample = head[this.at++];
      this.played++;
      this.queued--;
      if (this.at === head.length) {
        this.queue.shift();
        this.at = 0;
        if (!this.queue.length) this.gap = 0;
      }
    } else if (this.gap >= 0) {
      this.gap++;
    }
    this.power += sample * sample;
    if (++this.pulled >= REPORT_EVERY) this.report();
    return sample;
  }

  report() {
    this.port.postMessage({
      played: this.played / PER_MS,
      queued: this.queued / PER_MS,
      starved: this.starved / PER_MS,
      level: 10 * Math.log10(this.power / Math.max(1, this.pulled) + 1e-10),
    });
    this.pulled = this.power = 0;
  }

  process(_inputs, outputs) {
    const out = outputs[0][0];
    for (let i = 0; i < out.length; i++) out[i] = this.resampler.pull(this.next);
    this.reachMarks();
    return true;
  }
}

registerProcessor("player", Player);
