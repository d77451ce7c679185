// ITU-T G.711 mu-law, bit for bit what the server's codec does. Linear samples are 16 bit integers.

const BIAS = 0x21;
const CLIP = 8159;

function encodeOne(sample) {
  let value = sample >> 2;
  const mask = value < 0 ? 0x7f : 0xff;
  value = Math.min(Math.abs(value), CLIP) + BIAS;
  const segment = 26 - Math.clz32(value); // 0x21..0x3f -> 0, each doubling one more
  if (segment >= 8) return 0x7f ^ mask;
  return ((segment << 4) | ((value >> (segment + 1)) & 0xf)) ^ mask;
}

function decodeOne(code) {
  const inverse = ~code & 0xff;
  const value = (((inverse & 0xf) << 3) + 0x84) << ((inverse & 0x70) >> 4);
  return inverse & 0x80 ? 0x84 - value : value - 0x84;
}

const DECODED = Float32Array.from({ length: 256 }, (_, code) => decodeOne(code) / 32768);

/** A sample of -1..1 as a mu-law byte. */
export function encode(sample) {
  return encodeOne(Math.max(-32768, Math.min(32767, Math.round(sample * 32768))));
}

/** Mu-law bytes as samples of -1..1. */
export function decode(bytes) {
  const samples = new Float32Array(bytes.length);
  for (let i = 0; i < bytes.length; i++) samples[i] = DECODED[bytes[i]];
  return samples;
}
