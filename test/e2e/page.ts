// The page of the app that chromium.test.ts builds: runs every imported model on its goldens, images from every source a browser has, and the digits.

import { argument, outcome, runGolden, type FixtureRun, type GoldenText, type ModelModule, type Outcome } from './wire.ts'

interface ImageCase {
  readonly name: string
  readonly png: string
  readonly width: number
  readonly height: number
  readonly rgba: string
}
interface ImageRun {
  readonly outcome: Outcome
  readonly label: unknown
}
type Net = (value: unknown) => Promise<{ readonly data: ArrayLike<number>; readonly dims: readonly number[]; readonly label?: unknown }>

const golden = async <T>(name: string): Promise<T> => (await (await fetch(`/goldens/${name}.json`)).json()) as T

export async function run(models: Readonly<Record<string, ModelModule>>): Promise<object> {
  const fixtures: Record<string, FixtureRun | { failed: string }> = {}
  const images: Record<string, Record<string, ImageRun>> = {}
  for (const [name, module] of Object.entries(models)) {
    try {
      if (name.startsWith('image-preprocess/')) {
        const { cases } = await golden<{ cases: ImageCase[] }>(`${name}.images`)
        for (const one of cases) images[`${name}/${one.name}`] = await runImage(module['default'] as Net, one)
      }
      fixtures[name] = await runGolden(module, await golden<GoldenText>(name))
    } catch (error) {
      fixtures[name] = { failed: String((error as Error).stack ?? error) }
    }
  }
  return { fixtures, images, digits: await digits(models['digits/model']!['default'] as Net) }
}

/** The same image through every door. */
async function runImage(net: Net, { png, width, height, rgba }: ImageCase): Promise<Record<string, ImageRun>> {
  const { data } = argument({ dtype: 'uint8', shape: [height, width, 4], data: rgba }) as { data: Uint8Array<ArrayBuffer> }
  const pixels = new ImageData(new Uint8ClampedArray(data.buffer), width, height)
  const blob = await (await fetch(`/images/${png}`)).blob()
  const bitmap = await createImageBitmap(blob)
  const image = new Image()
  image.src = `/images/${png}`
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0)
  const offscreen = new OffscreenCanvas(width, height)
  offscreen.getContext('2d')!.putImageData(pixels, 0, 0)
  const sources: Record<string, unknown> = {
    pixels: { data, width, height },
    ImageData: pixels,
    ImageBitmap: bitmap,
    HTMLImageElement: image,
    HTMLCanvasElement: canvas,
    OffscreenCanvas: offscreen,
    Blob: blob,
  }
  const runs: Record<string, ImageRun> = {}
  for (const [kind, source] of Object.entries(sources)) {
    let label: unknown
    const result = await outcome(async () => {
      const y = await net(source)
      label = y.label
      return { type: 'float32', data: y.data, dims: y.dims }
    })
    runs[kind] = { outcome: result, label }
  }
  return runs
}

/** The class of each held-out digit. */
function digits(net: Net): Promise<Outcome> {
  return outcome(async () => {
    const split = await golden<{ images: unknown }>('digits/test-split')
    const { data, dims } = argument(split.images) as { data: Uint8Array; dims: [number, number, number] }
    const ink = Float32Array.from(data, (value) => value / 16)
    const y = await net({ type: 'float32', data: ink, dims: [dims[0], 1, dims[1], dims[2]] })
    const classes = y.dims[1]!
    return Array.from({ length: dims[0] }, (_, i) => {
      let best = 0
      for (let c = 1; c < classes; c++) if (y.data[i * classes + c]! > y.data[i * classes + best]!) best = c
      return best
    })
  })
}
