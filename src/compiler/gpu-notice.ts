// What the report says of a model for device webgpu: the operators that the CPU would run in between, with the lines that ask for them.

import type { Problem } from '../diagnostics/compile-error.ts'
import { formatPlace, userRange } from '../diagnostics/source-range.ts'
import { nodesOnCpu } from '../onnx/gpu-placement.ts'
import type { OnnxModel } from '../onnx/model.ts'

/** Places named per operator. */
const PLACES = 3

/** At most one notice. */
export function gpuNotices(model: OnnxModel): readonly Problem[] {
  const nodes = nodesOnCpu(model)
  if (nodes.length === 0) return []
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
  const [some, their] = nodes.length === 1 ? ['1 operator runs', 'its'] : [`${nodes.length} operators run`, 'their']
  return [
    {
      code: 'PT4015',
      message: `On WebGPU ${some} on the CPU, and ${their} tensors move over and back in each run: ${list.join('; ')}.`,
      fix: "compare with device 'wasm', which has kernels for them all.",
    },
  ]
}
