// Changes the sampling rate with a Kaiser-windowed sinc in polyphase form: band-limited in both directions, any ratio.
// Between 8 and 48 kHz: flat to 3.2 kHz, -60 dB and less from 4.1 kHz on, 2.25 ms late.

const HALF_WIDTH = 18; // samples of the lower rate on either side
const CUTOFF = 0.46; // of the lower rate
const BETA = 6; // Kaiser: stop band about 63 dB down

function gcd(a, b) {
  return b ? gcd(b, a % b) : a;
}

function bessel(x) {
  let sum = 1;
  for (let term = 1, k = 1; term > 1e-9 * sum; k++) sum += term *= (x / (2 * k)) ** 2;
  return sum;
}

export class Resampler {
  /** @param {number} from Hz @param {number} to Hz */
  constructor(from, to) {
    const divisor = gcd(from, to);
    this.up = to / divisor;
    this.down = from / divisor;
    this.taps = 2 * Math.ceil((HALF_WIDTH * from) / Math.min(from, to));
    this.table = this.design((CUTOFF * Math.min(from, to)) / from);
    this.history = new Float32Array(2 * this.taps); // written twice, so that every window is contiguous
    this.newest = 0;
    this.phase = 0; // where the next output lies behind the newest input, in 1/up of an input sample
  }

  design(cutoff) {
    const table = Array.from({ length: this.up }, () => new Float32Array(this.taps));
    const centre = this.taps / 2;
    for (let phase = 0; phase < this.up; phase++) {
      let sum = 0;
      for (let k = 0; k < this.taps; k++) {
        // k runs from the oldest sample of the window to the newest
        const t = this.taps - 1 - k + phase / this.up - centre;
        const x = 2 * Math.PI * cutoff * t;
        const inside = 1 - (t / centre) ** 2;
        const window = inside > 0 ? bessel(BETA * Math.sqrt(inside)) / bessel(BETA) : 0;
        sum += table[phase][k] = window * (x === 0 ? 1 : Math.sin(x) / x);
      }
      for (let k = 0; k < this.taps; k++) table[phase][k] /= sum;
    }
    return table;
  }

  /** One sample in; `emit(sample)` for each that comes out. */
  push(sample, emit) {
    this.feed(sample);
    for (; this.phase < this.up; this.phase += this.down) emit(this.output());
    this.phase -= this.up;
  }

  /** One sample out; `next()` is asked for as many as that takes. */
  pull(next) {
    for (; this.phase >= this.up; this.phase -= this.up) this.feed(next());
    const sample = this.output();
    this.phase += this.down;
    return sample;
  }

  feed(sample) {
    this.history[this.newest] = this.history[this.newest + this.taps] = sample;
    this.newest = (this.newest + 1) % this.taps;
  }

  output() {
    const taps = this.table[this.phase];
    let sum = 0;
    for (let k = 0, at = this.newest; k < this.taps; k++, at++) sum += taps[k] * this.history[at];
    return sum;
  }
}
