// A sheet to draw on, with a mouse, a pen or fingers: smooth strokes on a canvas, and the points themselves for whoever reads them.

import { colour, onTheme } from './find.ts'
import type { Point, Stroke } from './ink.ts'

// Shares of the sheet's side.
const PEN = 0.062
const MIN_STEP = 0.004

export interface SketchPad {
  isEmpty(): boolean
  clear(): void
  /** Draws strokes of a square of side 100 as a hand would, in place of what is there. */
  play(strokes: readonly Stroke[], duration: number): void
}

/** `changed` gets all strokes, in shares of the sheet, at every change. */
export function sketchPad(canvas: HTMLCanvasElement, changed: (strokes: readonly Stroke[]) => void): SketchPad {
  const context = canvas.getContext('2d')!
  let strokes: Point[][] = []
  // Strokes that the page drew: the first touch of a visitor takes them away.
  let played = false
  let animation = 0
  const pens = new Map<number, Point[]>()
  let ink = ''

  const paint = (): void => {
    const side = canvas.width
    context.clearRect(0, 0, side, side)
    context.strokeStyle = ink
    context.lineWidth = side * PEN
    context.lineCap = 'round'
    context.lineJoin = 'round'
    for (const stroke of strokes) trace(context, stroke, side)
  }
  const update = (): void => {
    paint()
    changed(strokes)
  }
  const reset = (): void => {
    cancelAnimationFrame(animation)
    strokes = []
    pens.clear()
    played = false
  }

  new ResizeObserver(() => {
    canvas.width = canvas.height = Math.round(canvas.clientWidth * devicePixelRatio)
    paint()
  }).observe(canvas)
  onTheme(() => {
    ink = colour('ink')
    paint()
  })

  const add = (stroke: Point[], event: PointerEvent): void => {
    const box = canvas.getBoundingClientRect()
    const point = { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height }
    const last = stroke.at(-1)
    if (last === undefined || Math.hypot(point.x - last.x, point.y - last.y) >= MIN_STEP) stroke.push(point)
  }
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return
    if (played) reset()
    canvas.setPointerCapture(event.pointerId)
    const stroke: Point[] = []
    pens.set(event.pointerId, stroke)
    strokes.push(stroke)
    add(stroke, event)
    update()
  })
  canvas.addEventListener('pointermove', (event) => {
    const stroke = pens.get(event.pointerId)
    if (stroke === undefined) return
    // All points since the last frame, where the browser keeps them.
    const events = event.getCoalescedEvents?.() ?? []
    for (const one of events.length > 0 ? events : [event]) add(stroke, one)
    update()
  })
  for (const type of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(type, (event) => pens.delete(event.pointerId))

  return {
    isEmpty: () => strokes.length === 0,
    clear() {
      reset()
      update()
    },
    play(given, duration) {
      reset()
      played = true
      const whole = given.map((stroke) => stroke.map(({ x, y }) => ({ x: x / 100, y: y / 100 })))
      const count = whole.reduce((sum, stroke) => sum + stroke.length, 0)
      const start = performance.now()
      const frame = (now: number): void => {
        let left = duration === 0 ? count : Math.ceil(count * Math.min(1, Math.max(0, now - start) / duration))
        const done = left >= count
        strokes = []
        for (const stroke of whole) {
          if (left > 0) strokes.push(stroke.slice(0, left))
          left -= stroke.length
        }
        update()
        if (!done) animation = requestAnimationFrame(frame)
      }
      frame(start)
    },
  }
}

/** One line through the middles between points, rounded at the points. */
function trace(context: CanvasRenderingContext2D, stroke: Stroke, side: number): void {
  const first = stroke[0]
  if (first === undefined) return
  context.beginPath()
  context.moveTo(first.x * side, first.y * side)
  for (let i = 1; i + 1 < stroke.length; i++) {
    const [a, b] = [stroke[i]!, stroke[i + 1]!]
    context.quadraticCurveTo(a.x * side, a.y * side, ((a.x + b.x) / 2) * side, ((a.y + b.y) / 2) * side)
  }
  const last = stroke.at(-1)!
  context.lineTo(last.x * side, last.y * side)
  context.stroke()
}
