// Audio worklet: the microphone, mixed to mono, as mu-law frames of 20 ms.
// Out: {frame: Uint8Array(160), level: dBFS}

import { encode } from "./g711.js";
import { Resampler } from "./resampler.js";

const FRAME = 160;

class Capture extends AudioWorkletProcessor {
  constructor() {
    super();
    this.resampler = new Resampler(sampleRate, 8000);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.power = 0;
    this.take = (sample) => {
      this.frame[this.filled++] = encode(sample);
      this.power += sample * sample;
      if (this.filled === FRAME) this.ship();
    };
  }

  ship() {
    const level = 10 * Math.log10(this.power / FRAME + 1e-10);
    this.port.postMessage({ frame: this.frame, level }, [this.frame.buffer]);
    this.frame = new Uint8Array(FRAME);
    this.filled = 0;
    this.power = 0;
  }

  process(inputs) {
    const channels = inputs[0];
    // Without a source (a microphone unplugged) the line carries silence, as a telephone's does.
    const length = channels.length ? channels[0].length : 128;
    for (let i = 0; i < length; i++) {
      let sum = 0;
      for (const channel of channels) sum += channel[i];
      this.resampler.push(channels.length ? sum / channels.length : 0, this.take);
    }
    return true;
  }
}

registerProcessor("capture", Capture);
