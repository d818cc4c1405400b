// Results of two forms of a method, in the words of torch/jit/_trace.py and torch/testing/_comparison.py: the first output that is another one.

import type { Constant, Signature, ValueSpec } from '../ir/signature.ts'
import { isFloatingPoint } from '../ir/scalar-type.ts'
import type { Tensor } from '../ir/tensor.ts'
import { numel } from '../ir/tensor.ts'
import { readElements, type Element } from '../ir/tensor-elements.ts'

/** Tensors that a graph gave, by the names of its outputs. */
export type OutputTensors = ReadonlyMap<string, Tensor>

/** One output in the order in which a reader counts them: a tensor, or something that is told by its text. */
type Item = { readonly tensor: Tensor } | { readonly text: string }

/** DESIGN §7: of whole networks, in units of the reference's standard deviation. */
const NETWORK = 1e-3
/** torch.testing's own absolute tolerances, for what is nearly constant. */
const ATOL = new Map([['float16', 1e-3], ['bfloat16', 1e-2], ['float32', 1e-5], ['float64', 1e-7]]) // prettier-ignore

/** The first difference: `Output nr 1. of the traced function does not match …`, or what is raised. Undefined where there is none. */
export function compareOutputs(traced: Results, scripted: Results): string | undefined {
  const [a, b] = [raised(traced), raised(scripted)]
  if (a !== b) return b === undefined ? `the trace raises ${a}, and the model does not` : `the model raises ${b}, and the trace does not`
  if (a !== undefined) return undefined
  const [ours, theirs] = [itemsOf(traced), itemsOf(scripted)]
  if (ours.length !== theirs.length) return `the model gives ${theirs.length} outputs, and the trace ${ours.length}`
  for (const [i, item] of ours.entries()) {
    const detail = compareItems(item, theirs[i]!)
    if (detail !== undefined)
      return `Output nr ${i + 1}. of the traced function does not match the corresponding output of the scripted function. Detailed error:\n${detail}`
  }
  return undefined
}

export interface Results {
  readonly signature: Signature
  readonly outputs: OutputTensors
}

/** The exception that ended the run, if one did. */
export function raised({ signature: { error }, outputs }: Results): string | undefined {
  if (error === undefined) return undefined
  const code = Number(elements(outputs, error.id)[0] ?? 0n)
  const row = error.raises[code - 1]
  return row === undefined ? undefined : `${row.type}: ${row.message}`
}

const elements = (outputs: OutputTensors, id: string): Element[] => readElements(outputs.get(id)!)

function itemsOf({ signature, outputs }: Results): Item[] {
  const items: Item[] = []
  // What a file nests is bounded by its reader: a spec is no deeper than the types of the method.
  const visit = (spec: ValueSpec): void => {
    switch (spec.kind) {
      case 'tensor':
        items.push({ tensor: outputs.get(spec.id)! })
        break
      case 'int':
      case 'float':
      case 'bool':
        items.push({ text: String(elements(outputs, spec.id)[0]) })
        break
      case 'scalars':
        for (const element of elements(outputs, spec.id)) items.push({ text: String(element) })
        break
      case 'tensors':
        items.push(...listed(spec, outputs).map((tensor) => ({ tensor })))
        break
      case 'constant':
        items.push(...constants(spec.value))
        break
      case 'choice':
        items.push(...constants(spec.of[Number(elements(outputs, spec.id)[0])] ?? null))
        break
      case 'optional':
        if (elements(outputs, spec.flag)[0] === true) visit(spec.of)
        else items.push({ text: 'None' })
        break
      case 'tuple':
        spec.items.forEach(visit)
        break
      case 'record':
      case 'map':
        for (const [i, key] of spec.keys.entries()) {
          items.push({ text: JSON.stringify(key) })
          visit(spec.items[i]!)
        }
        break
      case 'str':
      case 'list':
      case 'dict':
        // Of host programs only.
        break
    }
  }
  visit(signature.result)
  for (const { output } of signature.state?.slots ?? []) items.push({ tensor: outputs.get(output)! })
  return items
}

/** The tensors of a list that came flattened. */
function listed(spec: Extract<ValueSpec, { kind: 'tensors' }>, outputs: OutputTensors): Tensor[] {
  const data = outputs.get(spec.id)!
  const sizes = elements(outputs, spec.sizes).map(Number)
  let at = 0
  let offset = data.offset
  return elements(outputs, spec.ranks).map((rank) => {
    const own = sizes.slice(at, (at += Number(rank)))
    const strides = own.map((_, i) => numel(own.slice(i + 1)))
    const tensor: Tensor = { ...data, sizes: own, strides, offset }
    offset += numel(own)
    return tensor
  })
}

/** A number known at build time is no other result than the same one computed. */
function constants(value: Constant): Item[] {
  if (value === null) return [{ text: 'None' }]
  if (Array.isArray(value)) return (value as readonly Constant[]).flatMap(constants)
  if (typeof value === 'object') return [{ text: (value as { readonly bigint: string }).bigint }]
  return [{ text: String(value) }]
}

function compareItems(ours: Item, theirs: Item): string | undefined {
  if ('text' in ours && 'text' in theirs)
    return ours.text === theirs.text ? undefined : `Scalars are not equal!\n\nExpected ${theirs.text} but got ${ours.text}.`
  if ('tensor' in ours && 'tensor' in theirs) return compareTensors(ours.tensor, theirs.tensor)
  const show = (item: Item): string => ('text' in item ? item.text : `a tensor of sizes [${item.tensor.sizes.join(', ')}]`)
  return `Expected ${show(theirs)} but got ${show(ours)}.`
}

function compareTensors(ours: Tensor, theirs: Tensor): string | undefined {
  const size = ({ sizes }: Tensor): string => `torch.Size([${sizes.join(', ')}])`
  if (size(ours) !== size(theirs)) return `The values for attribute 'shape' do not match: ${size(ours)} != ${size(theirs)}.`
  if (ours.dtype !== theirs.dtype) return `The values for attribute 'dtype' do not match: torch.${ours.dtype} != torch.${theirs.dtype}.`
  const [a, b] = [readElements(ours).map(Number), readElements(theirs).map(Number)]
  const allowed = isFloatingPoint(theirs.dtype) ? (ATOL.get(theirs.dtype) ?? 1e-5) + NETWORK * deviation(b) : 0
  let [wrong, worst, at] = [0, -1, 0]
  for (const [i, x] of a.entries()) {
    const y = b[i]!
    if (Object.is(x, y) || x === y || Math.abs(x - y) <= allowed) continue
    wrong++
    const difference = Math.abs(x - y)
    if (difference > worst || (wrong === 1 && Number.isNaN(difference))) [worst, at] = [difference, i]
  }
  if (wrong === 0) return undefined
  const percent = ((100 * wrong) / a.length).toFixed(1)
  return (
    `Tensor-likes are not ${allowed === 0 ? 'equal' : 'close'}!\n\nMismatched elements: ${wrong} / ${a.length} (${percent}%)\n` +
    `Greatest absolute difference: ${worst < 0 ? NaN : worst} at index ${index(at, theirs.sizes)}${allowed === 0 ? '' : ` (up to ${allowed.toPrecision(3)} allowed)`}`
  )
}

function deviation(numbers: readonly number[]): number {
  const finite = numbers.filter(Number.isFinite)
  if (finite.length < 2) return 0
  const mean = finite.reduce((sum, x) => sum + x, 0) / finite.length
  return Math.sqrt(finite.reduce((sum, x) => sum + (x - mean) ** 2, 0) / finite.length)
}

function index(at: number, sizes: readonly number[]): string {
  const found: number[] = []
  let rest = at
  for (const size of sizes.toReversed()) {
    found.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return `(${found.join(', ')}${found.length === 1 ? ',' : ''})`
}
