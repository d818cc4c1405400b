// Image sources → a float tensor: pixels, bilinear resize, channels, mean and std, layout.
// The resize is torch's F.interpolate(mode='bilinear', align_corners=False), without antialiasing; a canvas is only used to read pixels, never to scale them.

import { scalars, type Raw } from './read-tensor.ts'
import { isObject, mismatch } from './show.ts'
import type { TensorSpec } from './signature.ts'

/** `mean` and `std` are per channel, of values in 0…1. */
export interface Preprocess {
  readonly resize?: readonly [height: number, width: number]
  readonly mean?: readonly number[]
  readonly std?: readonly number[]
  readonly layout?: 'nchw' | 'nhwc'
  readonly channels?: 'rgb' | 'bgr' | 'gray'
}

/** RGBA, 8 bits a channel, row by row. */
interface Pixels {
  readonly data: ArrayLike<number>
  readonly width: number
  readonly height: number
}

type Source = Partial<Pixels> & Partial<Pick<HTMLImageElement, 'decode'>>

export function isImage(value: unknown): value is Source {
  return isObject(value) && (value instanceof Blob || 'width' in value)
}

/** Pixels of a source, as they are now; later from an image that has yet to be decoded. */
function readPixels(source: Source, at: string): Pixels | Promise<Pixels> {
  const { data, width, height } = source
  const no = (found: unknown): never => mismatch('PT5109', at, 'RGBA pixels', found)
  if (!data) return draw(source).catch((cause: unknown) => no(`${cause}`))
  if (!data.length || data.length !== width! * height! * 4) no(data)
  return source as Pixels
}

async function draw(source: Source): Promise<Pixels> {
  if (source.decode) await source.decode()
  const bitmap = await createImageBitmap(source as ImageBitmapSource)
  const { width, height } = bitmap
  const context = new OffscreenCanvas(width, height).getContext('2d')!
  context.drawImage(bitmap, 0, 0)
  return context.getImageData(0, 0, width, height)
}

/** One image, or a batch of them at the size of the first. Values are 0…1 before mean and std; an integer input gets 0…255. */
export function imageTensor(value: unknown, spec: TensorSpec, options: Preprocess, at: string): Raw | Promise<Raw> {
  const pixels = [value].flat().map((image) => readPixels(image as Source, at))
  return pixels.some((image) => image instanceof Promise)
    ? Promise.all(pixels).then((images) => normalise(images, spec, options, at))
    : normalise(pixels as Pixels[], spec, options, at)
}

function normalise(
  images: readonly Pixels[],
  spec: TensorSpec,
  { resize, mean = [], std = [], layout, channels = 'rgb' }: Preprocess,
  at: string,
): Raw {
  const last = layout === 'nhwc'
  const { dims = [null, null, null, null], dtype } = spec
  const { height: rows, width: columns } = images[0]!
  const [h, w] = resize ?? dims.slice(last ? -3 : -2)
  const height = typeof h === 'number' ? h : rows
  const width = typeof w === 'number' ? w : columns
  // Source channels of each output one, with their weights.
  const mixes = { rgb: [[1], [0, 1], [0, 0, 1]], bgr: [[0, 0, 1], [0, 1], [1]], gray: [[0.299, 0.587, 0.114]] }[channels]
  const shape = last ? [height, width, mixes.length] : [mixes.length, height, width]
  const values: number[] = []
  for (const image of images) {
    const down = taps(image.height, height)
    const across = taps(image.width, width)
    const value = (y: number, x: number, c: number): number => {
      let byte = 0
      for (const [row, up] of down[y]!)
        for (const [column, side] of across[x]!)
          mixes[c]!.forEach((weight, channel) => (byte += up * side * weight * image.data[(row * image.width + column) * 4 + channel]!))
      return dtype.startsWith('float') ? (byte / 255 - (mean[c] ?? 0)) / (std[c] ?? 1) : Math.round(byte)
    }
    for (let i = 0; i < shape[0]!; i++)
      for (let j = 0; j < shape[1]!; j++) for (let k = 0; k < shape[2]!; k++) values.push(last ? value(i, j, k) : value(j, k, i))
  }
  return scalars(dtype, values, dims.length > 3 || images.length > 1 ? [images.length, ...shape] : shape, at)
}

/** For each output row (or column), the two source ones it is made of and their weights: half-pixel centres, clamped at the edges. */
function taps(from: number, to: number): (readonly (readonly [index: number, weight: number])[])[] {
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const low = Math.floor(centre)
    return [
      [low, 1 + low - centre],
      [Math.min(low + 1, from - 1), centre - low],
    ]
  })
}
