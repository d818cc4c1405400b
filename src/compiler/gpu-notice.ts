// What the report says of a model for device webgpu: what keeps it off the GPU, or the operators that the CPU would run in between, with the
// lines that ask for them.

import type { Problem } from '../diagnostics/compile-error.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import { nodesOnCpu, nodesWithoutKernel } from '../onnx/gpu-placement.ts'
import type { OnnxModel, OnnxNode } from '../onnx/model.ts'

/** Places named per operator. */
const PLACES = 3

/** At most one notice. */
export function gpuNotices(model: OnnxModel): readonly Problem[] {
  const absent = nodesWithoutKernel(model)
  if (absent.length > 0) {
    return [
      {
        code: 'PT4016',
        message: `This model will run on wasm: onnxruntime with WebGPU has no kernels for float64, int16 and uint16, and the model has ${summary(absent, model)}.`,
        fix: "set device to 'wasm', which saves the page the attempt; or keep these numbers in float32.",
      },
    ]
  }
  const nodes = nodesOnCpu(model)
  if (nodes.length === 0) return []
  const [some, their] = nodes.length === 1 ? ['1 operator runs', 'its'] : [`${nodes.length} operators run`, 'their']
  return [
    {
      code: 'PT4015',
      message: `On WebGPU ${some} on the CPU, and ${their} tensors move over and back in each run: ${summary(nodes, model)}.`,
      fix: "compare with device 'wasm', which has kernels for them all.",
    },
  ]
}

/** `2 × Loop (net.py:3:4, net.py:7:4); 1 × Round`: the most frequent first. */
function summary(nodes: readonly OnnxNode[], model: OnnxModel): string {
  const byOperator = new Map<string, { count: number; readonly places: Set<string> }>()
  for (const { opType, outputs } of nodes) {
    const entry = byOperator.get(opType) ?? { count: 0, places: new Set() }
    byOperator.set(opType, entry)
    entry.count++
    const range = outputs.map((name) => model.sources?.get(name)?.range).find((found) => found !== undefined)
    if (range !== undefined) entry.places.add(formatPlace(userRange(range)))
  }
  const list = [...byOperator]
    .sort(([, a], [, b]) => b.count - a.count)
    .map(([operator, { count, places }]) => {
      const named = [...places].slice(0, PLACES).join(', ')
      return `${count} × ${operator}${named === '' ? '' : ` (${named}${places.size > PLACES ? ', …' : ''})`}`
    })
  return list.join('; ')
}
