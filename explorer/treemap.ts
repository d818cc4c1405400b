// Rectangles in proportion, as square as they can be: Bruls, Huizing and van Wijk, Squarified Treemaps.

export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** One rectangle for each size, largest first; they fill the given one. */
export function squarified(sizes: readonly number[], within: Rectangle): Rectangle[] {
  const total = sizes.reduce((sum, size) => sum + size, 0)
  const scale = total === 0 ? 0 : (within.width * within.height) / total
  const areas = sizes.map((size) => size * scale)
  const placed: Rectangle[] = []
  let { x, y, width, height } = within
  for (let from = 0; from < areas.length;) {
    const side = Math.max(1e-6, Math.min(width, height))
    let to = from + 1
    let sum = areas[from]!
    while (to < areas.length && worst(areas, from, to + 1, sum + areas[to]!, side) <= worst(areas, from, to, sum, side)) sum += areas[to++]!
    const thickness = sum / side
    let at = 0
    for (let i = from; i < to; i++) {
      const length = thickness === 0 ? 0 : areas[i]! / thickness
      placed.push(width < height ? { x: x + at, y, width: length, height: thickness } : { x, y: y + at, width: thickness, height: length })
      at += length
    }
    if (width < height) [y, height] = [y + thickness, height - thickness]
    else [x, width] = [x + thickness, width - thickness]
    from = to
  }
  return placed
}

/** The most oblong of a row: its longer side by its shorter. */
function worst(areas: readonly number[], from: number, to: number, sum: number, side: number): number {
  const largest = areas[from]!
  const smallest = areas[to - 1]!
  if (sum === 0 || smallest === 0) return Infinity
  return Math.max((side * side * largest) / (sum * sum), (sum * sum) / (side * side * smallest))
}
