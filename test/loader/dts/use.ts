// What an app writes against emitted declarations. Every @ts-expect-error must be an error, and nothing else may be.

import * as ort from 'onnxruntime-web'
import {
  createModel,
  tensor,
  type DeviceTensor,
  type Int,
  type Labelled,
  type Ort,
  type OrtModule,
  type Tensor,
} from 'unplugin-torch/runtime'
import counter, { delete as remove } from './counter.pt'
import * as counterModule from './counter.pt'
import detector from './detector.pt'
import device, { search } from './device.pt'
import object from './object.pt'
import program, { lookup } from './program.pt'

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const yes = <T extends true>(_: T extends true ? true : never): void => {}

export async function run(element: HTMLImageElement, canvas: OffscreenCanvas): Promise<void> {
  const x = new Float32Array(2 * 3 * 64 * 64)
  const { scores, boxes, count, then, 'a-b': flag } = await detector(x)
  yes<Same<typeof scores.dims, readonly [n: number, 2]>>(true)
  yes<Same<typeof scores.data, Float32Array>>(true)
  yes<Same<typeof count, Int>>(true)
  yes<Same<typeof then, 'fixed'>>(true)
  yes<Same<typeof flag, boolean>>(true)
  yes<Same<typeof boxes, Tensor<'int64'>[] | null>>(true)
  const two: 2 = scores.dims[1]
  const label: string = scores.label
  const labelled: Labelled = scores
  // @ts-expect-error the second dim is 2
  const three: 3 = scores.dims[1]
  // @ts-expect-error there are two dims
  void scores.dims[2]

  await detector(element)
  await detector([canvas, element])
  await detector(new Blob([]), [true, false])
  await detector({ data: x, dims: [2, 3, 64, 64] }, null, 2, 'sum')
  await detector(new ort.Tensor('float32', x, [2, 3, 64, 64]))
  await detector(tensor('float32', x, [2, 3, 64, 64]), undefined, 1)
  await detector([
    [
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])
  await detector({ x, mask: null, scale: 1, mode: 'mean' })
  await detector({ x, mask: undefined })
  await detector.named({ x }, { signal: AbortSignal.timeout(1) })
  // @ts-expect-error x is missing
  await detector()
  // @ts-expect-error x is missing
  await detector({ scale: 1 })
  // @ts-expect-error no such name
  await detector({ x, sclae: 1 })
  // @ts-expect-error another data type
  await detector(new Float64Array(1))
  // @ts-expect-error another data type
  await detector(new ort.Tensor('int32', new Int32Array(1), [1]))
  // @ts-expect-error another data type
  await detector(tensor('float64', new Float64Array(3 * 64 * 64), [1, 3, 64, 64]))
  // @ts-expect-error another shape
  await detector(tensor('float32', x, [2, 1, 64, 64]))
  // @ts-expect-error another rank
  await detector(tensor('float32', x, [3, 64, 64]))
  // @ts-expect-error another rank
  await detector([[1, 2]])
  // @ts-expect-error no such choice
  await detector(x, null, 1, 'max')
  // @ts-expect-error too many
  await detector(x, null, 1, 'sum', 5)
  // @ts-expect-error detector keeps no state
  detector.reset()

  const y = await counter([[1, 2, 3]])
  yes<Same<typeof y, Tensor<'float32', readonly [1, 4]>>>(true)
  // @ts-expect-error [1, 4] does not fit [1, 3]
  await counter(y)
  const open: Tensor<'float32', readonly [number, 3]> = tensor('float32', new Float32Array(3), [1, 3])
  await counter(open)
  const ranked: Tensor<'float32'> = y
  await counter(ranked)
  counter.reset()
  yes<Same<ReturnType<typeof counter.clone>, typeof counter>>(true)
  const [map, list] = await remove([1n, [0.5]], new Map([[1, 2]]))
  yes<Same<typeof map, Map<1 | bigint, Int | null>>>(true)
  yes<Same<typeof list, boolean[]>>(true)
  await remove({ in: [1, new Float32Array(2)], of: new Map() })
  // @ts-expect-error a tuple of two
  await remove([1], new Map())
  yes<Same<typeof counter.methods.delete, typeof remove>>(true)
  yes<Same<Awaited<ReturnType<typeof counter.methods.then>>, null>>(true)
  // @ts-expect-error not a named export: import() would wait for it
  void counterModule.then
  // Neither a model nor its module is a promise.
  yes<Same<Awaited<typeof counter>, typeof counter>>(true)

  const half = await object({ ids: [[1, 2n]] })
  yes<Same<typeof half.type, 'float16'>>(true)
  await object({ ids: new BigInt64Array(1), mask: null }, 3)
  await object.named({ batch: { ids: [[1]] } })
  // @ts-expect-error the first parameter takes an object: names go through .named
  await object({ batch: { ids: [[1]] } })

  const [pairs, rows, lists, maybe] = await program(
    'a',
    [[1, 2n], []],
    { k: { data: new Float32Array(4), dims: [1, 4] } },
    new Map([[1n, 0.5]]),
  )
  yes<Same<typeof pairs, [Int, string][]>>(true)
  yes<Same<typeof rows, Record<string, Tensor<'float32', readonly [number, 4]>>>>(true)
  yes<Same<typeof lists, Map<number, (string | null)[]>>>(true)
  yes<Same<typeof maybe, string | null>>(true)
  await program('a', [], rows, new Map(), null)
  await program({ text: 'a', beams: [], cache: {}, counts: new Map(), name: 'b' })
  // @ts-expect-error a text is no list
  await program('a', 'b', {}, new Map())
  // @ts-expect-error a number is no text
  await program(1, [], {}, new Map())
  // @ts-expect-error its keys are ints
  await program('a', [], {}, new Map([['k', 1]]))
  // @ts-expect-error a dict of tensors
  await program('a', [], { k: 'no' }, new Map())
  // A lone dict is the argument itself; names go through .named.
  yes<Same<Awaited<ReturnType<typeof lookup>>, boolean[][]>>(true)
  await lookup({ words: 'one', other: 'two' })
  await lookup.named({ words: { a: 'b' } })
  program.reset()
  yes<Same<typeof program.methods.lookup, typeof lookup>>(true)

  const kept = await device.onDevice([[1, 2, 3]])
  yes<Same<typeof kept.scores, DeviceTensor<'float32', readonly [n: number, 2]>>>(true)
  yes<Same<(typeof kept.parts)[1], DeviceTensor<'int64'> | null>>(true)
  yes<Same<typeof kept.count, Int>>(true)
  yes<Same<typeof kept.list, Tensor<'float32'>[]>>(true)
  const read = await kept.scores.read()
  yes<Same<typeof read, Tensor<'float32', readonly [n: number, 2]>>>(true)
  const [hidden] = kept.parts
  const again = await device(hidden)
  yes<Same<typeof again.scores.label, string>>(true)
  await device.onDevice({ x: hidden })
  await device.clone().onDevice(hidden)
  hidden.dispose()
  const where: 'webgpu' | 'wasm' | undefined = device.device
  // @ts-expect-error its elements are read first
  void hidden.data
  // @ts-expect-error [n, 2] does not fit [n, 3]
  await device(kept.scores)
  // @ts-expect-error another data type
  await device(kept.parts[1]!)
  // @ts-expect-error counter runs in memory
  await counter(hidden)
  // @ts-expect-error a method whose control flow is JavaScript has its tensors in memory
  await search(hidden)
  // @ts-expect-error the same
  void search.onDevice
  void where

  await detector.load({ onProgress: ({ loaded, total }) => loaded / total, signal: new AbortController().signal })
  await detector.dispose()
  const names: string[] = detector.inputs.map(({ name }) => name)
  void [two, three, label, labelled, names]
}

// onnxruntime-web, as it is, serves as the runtime's `ort`, and its tensors take ours.
export const entry: Ort = ort
export const wasm: () => Promise<OrtModule> = () => import('onnxruntime-web/wasm')
export const made = createModel({ url: () => '', ort: wasm, bytes: 0, sha256: '', signatures: [] })
