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

interface Sized {
  readonly width: number
  readonly height: number
  readonly naturalWidth?: number
  readonly naturalHeight?: number
  readonly videoWidth?: number
  readonly videoHeight?: number
  readonly data?: ArrayLike<number>
  readonly complete?: boolean
  decode?(): Promise<void>
}

export function isImage(value: unknown): value is Blob | Sized {
  return isObject(value) && (value instanceof Blob || 'width' in value)
}

/** Pixels of a source: read at once, save from a Blob or an image that is still loading. */
function readPixels(source: Blob | Sized, at: string): Pixels | Promise<Pixels> {
  if (source instanceof Blob) return createImageBitmap(source).then((bitmap) => readPixels(bitmap, at))
  if (source.complete === false) return source.decode!().then(() => readPixels(source, at))
  const width = source.naturalWidth ?? source.videoWidth ?? source.width
  const height = source.naturalHeight ?? source.videoHeight ?? source.height
  let { data } = source
  if (!data && width * height) {
    const context = new OffscreenCanvas(width, height).getContext('2d')!
    context.drawImage(source as unknown as ImageBitmap, 0, 0)
    data = context.getImageData(0, 0, width, height).data
  }
  if (!data?.length || data.length !== width * height * 4) mismatch('PT5109', at, 'an image of RGBA pixels', data ?? source)
  return { data, width, height }
}

/** One image, or a batch of them at the size of the first. Values are 0…1 before mean and std; an integer input gets 0…255. */
export function imageTensor(value: unknown, spec: TensorSpec, options: Preprocess, at: string): Raw | Promise<Raw> {
  const pixels = [value].flat().map((image) => readPixels(image as Blob | Sized, at))
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
      const [top, bottom, low] = down[y]!
      const [left, right, side] = across[x]!
      const byte = mixes[c]!.reduce((sum, weight, channel) => {
        const row = (r: number): number => {
          const pixel = (column: number): number => image.data[(r * image.width + column) * 4 + channel]!
          return (1 - side) * pixel(left) + side * pixel(right)
        }
        return sum + weight * ((1 - low) * row(top) + low * row(bottom))
      }, 0)
      return dtype.startsWith('float') ? (byte / 255 - (mean[c] ?? 0)) / (std[c] ?? 1) : Math.round(byte)
    }
    for (let i = 0; i < shape[0]!; i++)
      for (let j = 0; j < shape[1]!; j++) for (let k = 0; k < shape[2]!; k++) values.push(last ? value(i, j, k) : value(j, k, i))
  }
  return scalars(dtype, values, dims.length > 3 || images.length > 1 ? [images.length, ...shape] : shape, at)
}

/** For each output row (or column), two source ones and the weight of the second: half-pixel centres, clamped at the edges. */
function taps(from: number, to: number): (readonly [low: number, high: number, weight: number])[] {
  return Array.from({ length: to }, (_, i) => {
    const centre = Math.max(0, ((i + 0.5) * from) / to - 0.5)
    const low = Math.floor(centre)
    return [low, Math.min(low + 1, from - 1), centre - low]
  })
}
