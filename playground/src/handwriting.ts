// Ten digits as a hand writes them, in a square of side 100: for the keys 0 to 9, and to show on arrival what the sheet is for.

import type { Point, Stroke } from './ink.ts'

// x, y pairs that the pen passes through; a curve is laid through them.
const PATHS: readonly (readonly (readonly number[])[])[] = [
  [[56, 14, 38, 20, 28, 42, 30, 68, 44, 86, 60, 82, 71, 62, 70, 36, 58, 16, 48, 15]],
  [[36, 32, 46, 24, 54, 13, 54, 50, 53, 88]],
  [[30, 34, 36, 18, 54, 13, 68, 24, 64, 44, 46, 66, 28, 85, 50, 84, 74, 84]],
  [[31, 22, 46, 13, 64, 18, 65, 36, 46, 47, 66, 54, 70, 74, 52, 88, 30, 80]],
  [
    [56, 13, 44, 34, 28, 60, 50, 60, 76, 59],
    [60, 40, 59, 64, 57, 88],
  ],
  [
    [68, 15, 38, 15],
    [38, 15, 34, 46, 52, 41, 68, 54, 66, 76, 48, 88, 28, 80],
  ],
  [[62, 13, 44, 28, 32, 54, 32, 76, 46, 88, 64, 80, 66, 62, 52, 53, 34, 66]],
  [
    [28, 17, 48, 15, 72, 14],
    [72, 14, 60, 38, 50, 62, 44, 88],
    [36, 52, 70, 50],
  ],
  [[64, 24, 50, 13, 35, 24, 42, 42, 58, 54, 66, 72, 51, 88, 34, 74, 42, 54, 60, 40, 64, 24]],
  [[66, 30, 50, 14, 34, 28, 40, 47, 58, 44, 66, 28, 66, 44, 62, 68, 54, 88]],
]
const STEPS = 8

/** The strokes of a digit, 0 to 9. */
export function handwritten(digit: number): readonly Stroke[] {
  return PATHS[digit]!.map((numbers) => {
    const points: Point[] = []
    for (let i = 0; i < numbers.length; i += 2) points.push({ x: numbers[i]!, y: numbers[i + 1]! })
    return curve(points)
  })
}

/** Catmull-Rom: through every point, each tangent parallel to the line between its neighbours. */
function curve(points: readonly Point[]): Stroke {
  const at = (i: number): Point => points[Math.min(Math.max(i, 0), points.length - 1)]!
  const out: Point[] = [at(0)]
  for (let i = 0; i + 1 < points.length; i++) {
    const [a, b, c, d] = [at(i - 1), at(i), at(i + 1), at(i + 2)]
    for (let step = 1; step <= STEPS; step++) {
      const t = step / STEPS
      out.push({ x: spline(a.x, b.x, c.x, d.x, t), y: spline(a.y, b.y, c.y, d.y, t) })
    }
  }
  return out
}

const spline = (a: number, b: number, c: number, d: number, t: number): number =>
  0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t ** 2 + (3 * b - a - 3 * c + d) * t ** 3)
