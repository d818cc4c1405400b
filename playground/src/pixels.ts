// Small images on canvases.

import { element } from './find.ts'

/** A float image [3, h, w] of −1 … 1 in its colours. */
export function paintPicture(canvas: HTMLCanvasElement, data: ArrayLike<number>): void {
  paint(canvas, data, (channels) => channels.map((value) => 127.5 + 127.5 * value))
}

// Activations have no colours of their own: each channel is a light.
const LIGHTS = [
  [255, 96, 48],
  [64, 132, 214],
  [250, 206, 128],
] as const

/** Activations [3, h, w] of 0 or more, as three lights on black; the strongest is the brightest. */
export function paintActivations(canvas: HTMLCanvasElement, data: Float32Array): void {
  const most = data.reduce((top, value) => Math.max(top, value), 0)
  const shares = (value: number): number => (most === 0 ? 0 : value / most)
  paint(canvas, data, (channels) =>
    LIGHTS[0].map((_, i) => 255 - 255 * channels.reduce((dark, value, c) => dark * (1 - (shares(value) * LIGHTS[c]![i]!) / 255), 1)),
  )
}

function paint(canvas: HTMLCanvasElement, data: ArrayLike<number>, colourOf: (channels: readonly number[]) => readonly number[]): void {
  const { width, height } = canvas
  const context = canvas.getContext('2d')!
  const image = context.createImageData(width, height)
  const plane = width * height
  for (let i = 0; i < plane; i++) {
    image.data.set(colourOf([data[i]!, data[plane + i]!, data[2 * plane + i]!]), i * 4)
    image.data[i * 4 + 3] = 255
  }
  context.putImageData(image, 0, 0)
}

/** Shares of ink, row by row, in one colour on nothing. */
export function paintInk(canvas: HTMLCanvasElement, ink: ArrayLike<number>, colour: string): void {
  const context = canvas.getContext('2d')!
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.fillStyle = colour
  for (let i = 0; i < ink.length; i++) {
    context.globalAlpha = ink[i]!
    context.fillRect(i % canvas.width, Math.floor(i / canvas.width), 1, 1)
  }
  context.globalAlpha = 1
}

/** Images of `side` × `side` shares of ink, `columns` in a row; those in `marked` in the second colour. */
export function paintMosaic(
  canvas: HTMLCanvasElement,
  images: readonly ArrayLike<number>[],
  marked: ReadonlySet<number>,
  { side, columns, ink, mark }: { readonly side: number; readonly columns: number; readonly ink: string; readonly mark: string },
): void {
  const cell = side + 2
  canvas.width = columns * cell
  canvas.height = Math.ceil(images.length / columns) * cell
  const context = canvas.getContext('2d')!
  const one = element('canvas')
  one.width = one.height = side
  for (const [i, image] of images.entries()) {
    paintInk(one, image, marked.has(i) ? mark : ink)
    context.drawImage(one, (i % columns) * cell + 1, Math.floor(i / columns) * cell + 1)
  }
}
