// What a branch or loop hangs on: the Python values behind its condition, back to where tensors became Python values, where shapes were
// read, and to inputs that are Python values themselves.

import type { SourceRange } from '../diagnostics/source-range.ts'
import type { Node } from '../ir/node.ts'
import type { Type } from '../ir/type.ts'
import type { Value } from '../ir/value.ts'
import type { Conversion } from './tracer-warning.ts'

export interface Steering {
  /** Where PyTorch would warn. */
  readonly warnings: readonly { readonly conversion: Conversion; readonly range: SourceRange | undefined }[]
  /** Python values that tensors became: constants of the trace. */
  readonly converted: readonly Value[]
  /** Python values that the caller hands in, or state. */
  readonly inputs: readonly Value[]
}

/** Properties of tensors that are plain Python values in a trace, too: no warning. */
const PLAIN = new Set(
  ['aten::dim', 'prim::dtype', 'prim::device', 'prim::layout', 'aten::is_floating_point', 'aten::is_complex', 'prim::is_cuda', 'prim::requires_grad'],
) // prettier-ignore

/** Shapes, which a trace keeps as tensors until they steer something. */
const SHAPES = new Set(['aten::size', 'aten::numel', 'aten::stride', 'aten::sym_size', 'aten::sym_numel', 'prim::shape'])

const CONVERSIONS = new Map<string, Conversion>([
  ['aten::Bool', 'boolean'],
  ['aten::is_nonzero', 'boolean'],
  ['aten::Int', 'integer'],
  ['aten::Float', 'float'],
  ['aten::FloatImplicit', 'float'],
  ['aten::IntImplicit', 'index'],
  ['aten::item', 'number'],
  ['aten::ScalarImplicit', 'number'],
  ['aten::tolist', 'list'],
])

/** The loop makes as many turns as its count says: nothing in its body ends it. */
export function isCounted(loop: Node): boolean {
  return isTrue(loop.input(1)) && isTrue(loop.blocks[0]!.returns[0]!)
}
const isTrue = ({ node }: Value): boolean => node.kind === 'prim::Constant' && node.attributes.get('value') === true

/** The values that decide how an If or Loop goes. */
function conditions(node: Node): Value[] {
  if (node.kind === 'prim::If') return [node.input()]
  return isCounted(node) ? [node.input(0)] : [node.input(0), node.input(1), node.blocks[0]!.returns[0]!]
}

export function steeringOf(node: Node): Steering {
  const warnings: { conversion: Conversion; range: SourceRange | undefined }[] = []
  const converted: Value[] = []
  const inputs: Value[] = []
  let shaped = false
  const pending = conditions(node)
  const seen = new Set<Value>()
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue
    seen.add(value)
    const producer = value.node
    if (producer.kind === 'prim::Param') {
      const owner = producer.block?.owner
      if (owner === undefined) inputs.push(value)
      // A carried number: what it starts as, and what each turn makes of it.
      else if (value.index > 0) pending.push(owner.input(value.index + 1), owner.blocks[0]!.returns[value.index]!)
    } else if (producer.kind === 'prim::If') {
      // What decides another branch or loop is told of when that one is decided.
      pending.push(...producer.blocks.map((block) => block.returns[value.index]!))
    } else if (producer.kind === 'prim::Loop') {
      pending.push(producer.input(value.index + 2), producer.blocks[0]!.returns[value.index + 1]!)
    } else if (holdsTensor(value.type)) continue
    else if (producer.kind === 'aten::len' && producer.input().type.kind === 'Tensor') {
      warnings.push({ conversion: says(producer.range, 'len(') ? 'len' : 'iteration', range: producer.range ?? node.range })
    } else if (SHAPES.has(producer.kind)) shaped = true
    else if (!PLAIN.has(producer.kind) && isNumbers(value.type) && producer.inputs.some(({ type }) => type.kind === 'Tensor')) {
      converted.push(value)
      warnings.push({ conversion: CONVERSIONS.get(producer.kind) ?? conversionTo(value.type), range: producer.range ?? node.range })
    } else pending.push(...producer.inputs)
  }
  // `range` takes an index; a condition is a boolean.
  if (shaped) warnings.push({ conversion: node.kind === 'prim::Loop' && says(node.range, 'for ') ? 'index' : 'boolean', range: node.range })
  return { warnings, converted, inputs }
}

/** A Python number, or a list of them. */
function isNumbers(type: Type): boolean {
  if (type.kind === 'List') return isNumbers(type.of)
  return type.kind === 'int' || type.kind === 'float' || type.kind === 'bool' || type.kind === 'number'
}

function holdsTensor(type: Type): boolean {
  if (type.kind === 'List' || type.kind === 'Optional') return holdsTensor(type.of)
  return type.kind === 'Tensor'
}

function says(range: SourceRange | undefined, text: string): boolean {
  const written = range?.generatedFrom ?? range
  return written?.source.text.startsWith(text, written.start) === true
}

function conversionTo(type: Type): Conversion {
  switch (type.kind) {
    case 'bool':
      return 'boolean'
    case 'int':
      return 'integer'
    case 'float':
      return 'float'
    case 'List':
      return 'list'
    default:
      return 'number'
  }
}
