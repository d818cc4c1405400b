// Strokes of a pen → the input of DigitNet: float32 [1, 1, 8, 8], 0 for paper to 1 for ink.
// Answers to how scikit-learn's digits were made (models/README.md): a 32 × 32 bitmap that the digit fills, then the share of ink in blocks of 4 × 4.

export interface Point {
  readonly x: number
  readonly y: number
}
/** Points in the order that the pen went; one point is a dot. */
export type Stroke = readonly Point[]

const BITMAP = 32
const BLOCK = 4
export const GRID = BITMAP / BLOCK

// Measured on the 450 test images: ink fills all 8 rows, 4.8 to 6 of 8 columns, and 0.29 to 0.32 of the square whatever the digit.
const WIDEST = 25
const INK = 0.295
const THINNEST = 2.5
const THICKEST = 7

/** Share of ink in each of the 8 × 8 blocks, row by row. All zero for an empty sheet. */
export function inkOf(strokes: readonly Stroke[]): Float32Array<ArrayBuffer> {
  if (!strokes.some((stroke) => stroke.length > 0)) return new Float32Array(GRID * GRID)
  // A thin pen makes a pale image: the width is what gives the usual amount of ink.
  let [thin, thick] = [THINNEST, THICKEST]
  for (let step = 0; step < 6; step++) {
    const width = (thin + thick) / 2
    if (amount(blocksOf(strokes, width)) < INK) thin = width
    else thick = width
  }
  return blocksOf(strokes, (thin + thick) / 2)
}

const amount = (blocks: Float32Array): number => blocks.reduce((sum, share) => sum + share, 0) / blocks.length

/** The strokes drawn `width` thick into the bitmap that they fill, as shares of its blocks. */
function blocksOf(strokes: readonly Stroke[], width: number): Float32Array<ArrayBuffer> {
  const fitted = fit(strokes, width)
  const blocks = new Float32Array(GRID * GRID)
  for (let row = 0; row < BITMAP; row++) {
    for (let column = 0; column < BITMAP; column++) {
      if (!isInked(fitted, column + 0.5, row + 0.5, width / 2)) continue
      blocks[Math.floor(row / BLOCK) * GRID + Math.floor(column / BLOCK)]! += 1 / BLOCK ** 2
    }
  }
  return blocks
}

/** Moves and scales strokes so that they, pen included, fill the bitmap's height and are centred; what is wide is squeezed. */
function fit(strokes: readonly Stroke[], width: number): readonly Stroke[] {
  const points = strokes.flat()
  const [left, right] = extent(points.map(({ x }) => x))
  const [top, bottom] = extent(points.map(({ y }) => y))
  const side = Math.max(right - left, bottom - top, 1e-6)
  const scale = (BITMAP - width) / side
  const across = Math.min(scale, (WIDEST - width) / Math.max(right - left, 1e-6))
  return strokes.map((stroke) =>
    stroke.map(({ x, y }) => ({
      x: BITMAP / 2 + (x - (left + right) / 2) * across,
      y: BITMAP / 2 + (y - (top + bottom) / 2) * scale,
    })),
  )
}

const extent = (values: readonly number[]): [number, number] =>
  values.reduce(([low, high], v) => [Math.min(low, v), Math.max(high, v)], [Infinity, -Infinity])

/** Whether a stroke passes within `radius`. */
function isInked(strokes: readonly Stroke[], x: number, y: number, radius: number): boolean {
  return strokes.some((stroke) => stroke.some((end, i) => squaredDistance(x, y, stroke[Math.max(i - 1, 0)]!, end) <= radius ** 2))
}

/** From (x, y) to the segment a–b. */
function squaredDistance(x: number, y: number, a: Point, b: Point): number {
  const [dx, dy] = [b.x - a.x, b.y - a.y]
  const length = dx * dx + dy * dy
  const t = length === 0 ? 0 : Math.min(1, Math.max(0, ((x - a.x) * dx + (y - a.y) * dy) / length))
  return (x - a.x - t * dx) ** 2 + (y - a.y - t * dy) ** 2
}
