// A little landscape by arithmetic, as ControlFlowNet's input: float32 [3, 64, 64] whose mean is what one asks for.

export const SIDE = 64
const PLANE = SIDE * SIDE

/** Values of about −1 … 1. The same picture for every mean, only lighter or darker. */
export function picture(mean: number): Float32Array<ArrayBuffer> {
  const data = new Float32Array(3 * PLANE)
  for (let y = 0; y < SIDE; y++) {
    for (let x = 0; x < SIDE; x++) {
      const [u, v] = [x / SIDE, y / SIDE]
      const colour = colourAt(u, v)
      for (let channel = 0; channel < 3; channel++) data[channel * PLANE + y * SIDE + x] = colour[channel]!
    }
  }
  const middle = data.reduce((sum, value) => sum + value, 0) / data.length
  return data.map((value) => 0.9 * (value - middle) + mean)
}

type Colour = readonly [red: number, green: number, blue: number]

// Hills from near to far: height of the crest, its waves, and the colour.
const HILLS: readonly (readonly [crest: number, amplitude: number, waves: number, phase: number, colour: Colour])[] = [
  [0.86, 0.05, 6, 0.4, [-0.85, -0.7, -0.35]],
  [0.74, 0.07, 5, 2.2, [-0.6, -0.5, -0.1]],
  [0.6, 0.06, 8, 1.1, [-0.15, -0.2, 0.15]],
]

function colourAt(u: number, v: number): Colour {
  for (const [crest, amplitude, waves, phase, colour] of HILLS) {
    if (v > crest + amplitude * Math.sin(waves * u + phase)) return colour
  }
  if (Math.hypot(u - 0.66, v - 0.34) < 0.15) return [1, 0.75, 0.25]
  return [0.25 + 0.7 * v, 0.1 + 0.45 * v, 0.5 - 0.35 * v]
}
