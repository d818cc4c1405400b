// Pictures as inputs: drawn to the size that the model takes, read as channels first.

import { elementsOf, type DataType, type PlainTensor } from './plain-tensor.ts'

/** How a byte of a pixel becomes a number. */
export const SCALES = [
  ['unit', 'pixels 0 … 1'],
  ['signed', 'pixels −1 … 1'],
  ['imagenet', 'ImageNet mean and std'],
  ['bytes', 'pixels 0 … 255'],
] as const
export type Scale = (typeof SCALES)[number][0]

const MEAN = [0.485, 0.456, 0.406]
const STD = [0.229, 0.224, 0.225]

function scaled(share: number, channel: number, scale: Scale): number {
  if (scale === 'signed') return share * 2 - 1
  if (scale === 'bytes') return share * 255
  return scale === 'imagenet' ? (share - MEAN[channel % 3]!) / STD[channel % 3]! : share
}

/** The picture in the middle of the canvas, cut to fill it; without one a landscape that the page draws. */
export function paintSample(canvas: HTMLCanvasElement, picture: CanvasImageSource | undefined, seed: number): void {
  const context = canvas.getContext('2d', { willReadFrequently: true })!
  const { width, height } = canvas
  if (picture === undefined) return landscape(context, width, height, seed)
  const { width: w, height: h } = picture as ImageBitmap
  const by = Math.max(width / w, height / h)
  context.drawImage(picture, (width - w * by) / 2, (height - h * by) / 2, w * by, h * by)
}

function landscape(context: CanvasRenderingContext2D, width: number, height: number, seed: number): void {
  const sky = context.createLinearGradient(0, 0, 0, height)
  sky.addColorStop(0, '#24466e')
  sky.addColorStop(0.62, '#e8a06a')
  context.fillStyle = sky
  context.fillRect(0, 0, width, height)
  context.fillStyle = '#fff1d2'
  context.beginPath()
  context.arc(width * (0.25 + 0.12 * (seed % 5)), height * 0.42, Math.min(width, height) * 0.12, 0, 7)
  context.fill()
  for (const [base, swing, colour] of [
    [0.62, 0.1, '#5b5a7a'],
    [0.74, 0.07, '#37405a'],
    [0.86, 0.05, '#1d2536'],
  ] as const) {
    context.fillStyle = colour
    context.beginPath()
    context.moveTo(0, height)
    for (let x = 0; x <= width; x++) context.lineTo(x, height * (base + swing * Math.sin((x / width) * 7 + base * 20 + seed)))
    context.lineTo(width, height)
    context.fill()
  }
}

/** The canvas as a tensor of `dims`, the last three of which are channels, height and width; each picture of a batch is the same. */
export function pictureTensor(canvas: HTMLCanvasElement, type: DataType, dims: readonly number[], scale: Scale): PlainTensor {
  const { width, height } = canvas
  const { data } = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, width, height)
  const plane = width * height
  const channels = dims.at(-3)!
  const size = dims.reduce((product, dim) => product * dim, 1)
  return {
    type,
    dims,
    data: elementsOf(type, size, (i) => {
      const channel = Math.floor(i / plane) % channels
      const at = (i % plane) * 4
      const share =
        channels === 1 ? (0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!) / 255 : data[at + (channel % 3)]! / 255
      return scaled(share, channel, scale)
    }),
  }
}
