// Shape computations, as far as they are known at build time: extents that are numbers become constants, equal ones are computed once, and
// what a Reshape, Expand or Slice asks for is said with a constant where −1, 0 and 1 can say it. Results are those of the graph before.

import { broadcast, dimProduct, type Dims } from '../../ir/dim.ts'
import { numel } from '../../ir/tensor.ts'
import { int64Tensor, readElements, tensorFromElements } from '../../ir/tensor-elements.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode } from '../model.ts'
import { wrap } from '../axes.ts'
import { joinedParts } from './joined-parts.ts'
import { defineOnnxPass } from './onnx-pass.ts'
import type { Contents, Item } from './shape-contents.ts'
import { ShapeFacts } from './shape-facts.ts'
import { END, equalDims, int64Ends, reaches, same, sizesFor } from './shape-targets.ts'
import { intAttribute, intsAttribute, Values } from './values.ts'

export const foldShapes = defineOnnxPass({
  name: 'fold-shapes',
  doc: 'Replaces arithmetic on extents by what is known of it, and removes Reshape, Expand, Slice, Pad and Transpose nodes that change nothing.',
  optional: true,
  run: (model) => {
    const folder = new ShapeFolder(model)
    folder.graph(model.graph)
    return folder.changed
  },
})

class ShapeFolder {
  changed = false
  readonly #facts: ShapeFacts
  readonly #values: Values
  /** Values that hold these extents, where the walk is. */
  readonly #available = new Map<string, string>()

  constructor(model: OnnxModel) {
    this.#facts = new ShapeFacts(model)
    this.#values = new Values(model)
  }

  /** Subgraphs nest as deep as the model's own control flow. */
  graph(graph: OnnxGraph): void {
    const outputs = new Set(graph.outputs.map(({ name }) => name))
    const kept: OnnxNode[] = []
    const added: string[] = []
    for (const node of graph.nodes) {
      node.inputs = node.inputs.map((name) => this.#values.resolve(name))
      for (const sub of subgraphs(node)) this.graph(sub)
      this.#facts.visit(node)
      const [output] = node.outputs
      const same = node.outputs.length === 1 ? this.#known(node, output!) : undefined
      if (same === undefined) {
        const key = this.#key(output)
        if (key !== undefined && !this.#available.has(key)) {
          this.#available.set(key, output!)
          added.push(key)
        }
        this.#values.produced(node)
        kept.push(node)
        continue
      }
      this.changed = true
      this.#values.replace(output!, same)
      if (outputs.has(output!)) kept.push({ opType: 'Identity', domain: '', inputs: [same], outputs: [output!], attributes: new Map() })
    }
    graph.nodes = kept
    for (const key of added) this.#available.delete(key)
  }

  #key(name: string | undefined): string | undefined {
    const contents = this.#facts.contents(name)
    if (contents === undefined || contents.items.length === 0 || contents.items.includes(null)) return undefined
    return this.#facts.dtype(name!) === 'int64' ? `${contents.rank}:${contents.items.join(';')}` : undefined
  }

  /** The value that a node's only result is anyway. May change the node. */
  #known(node: OnnxNode, output: string): string | undefined {
    if (node.domain !== '' || node.opType === 'Identity') return undefined
    const contents = this.#facts.contents(output)
    const constant = contents === undefined ? undefined : this.#constant(contents, this.#facts.dtype(output))
    if (constant !== undefined) return constant
    const key = this.#key(output)
    const known = key === undefined ? undefined : this.#available.get(key)
    if (known !== undefined) return known
    return this.#rule(node)
  }

  #constant({ rank, items }: Contents, dtype: string | undefined): string | undefined {
    const sizes = rank === 0 ? [] : [items.length]
    if (dtype === 'int64' && items.every((item): item is number => Number.isSafeInteger(item)))
      return this.#values.addConstant(tensorFromElements('int64', sizes, items.map(BigInt)))
    if (dtype === 'bool' && items.every((item) => typeof item === 'boolean'))
      return this.#values.addConstant(tensorFromElements('bool', sizes, items))
    return undefined
  }

  #rule(node: OnnxNode): string | undefined {
    switch (node.opType) {
      case 'Reshape':
      case 'Squeeze':
      case 'Unsqueeze':
        return this.#extent(node) ? undefined : this.#reshape(node)
      case 'Expand':
        return this.#expand(node)
      case 'Slice':
        return this.#slice(node)
      case 'Transpose':
        return this.#transpose(node)
      case 'Pad':
        return this.#facts.ints(node.inputs[1])?.every((n) => n === 0) === true ? node.inputs[0] : undefined
      case 'Tile':
        return this.#facts.ints(node.inputs[1])?.every((n) => n === 1) === true ? node.inputs[0] : undefined
      case 'Concat':
        return this.#concat(node)
      case 'Resize':
        return this.#resize(node)
      case 'Add':
      case 'Sub':
      case 'Mul':
      case 'Div':
      case 'Equal':
        return this.#broadcasting(node)
      case 'Where':
        return this.#choice(node) ?? this.#broadcasting(node)
      default:
        return undefined
    }
  }

  #ints(values: readonly number[]): string {
    return this.#values.addConstant(int64Tensor(values))
  }

  /** One extent as a vector: Unsqueeze(Gather(Shape(x), i)) is a Shape of that axis alone. */
  #extent(node: OnnxNode): boolean {
    const vector = this.#facts.contents(node.outputs[0])
    const gather = this.#values.producer(node.inputs[0])
    const shape = gather?.opType === 'Gather' ? this.#values.producer(gather.inputs[0]) : undefined
    const index = this.#facts.contents(gather?.inputs[1])
    if (vector?.rank !== 1 || vector.items.length !== 1 || shape?.opType !== 'Shape' || shape.attributes.size > 0) return false
    const [at] = index?.rank === 0 ? index.items : []
    const rank = this.#facts.dims(shape.inputs[0])?.length
    if (typeof at !== 'number' || rank === undefined) return false
    const axis = wrap(at, rank)
    this.#become(
      node,
      'Shape',
      [shape.inputs[0]!],
      [
        ['start', axis],
        ['end', axis + 1],
      ],
    )
    return true
  }

  #reshape(node: OnnxNode): string | undefined {
    const [x] = node.inputs as [string]
    const from = this.#facts.dims(x)
    const to = this.#facts.dims(node.outputs[0])
    if (equalDims(from, to)) return x
    // Squeeze and Unsqueeze of what is reshaped anyway are one Reshape with it.
    const inner = this.#values.producer(x)
    const source = inner !== undefined && inner.domain === '' && RESHAPING.has(inner.opType) ? inner.inputs[0]! : undefined
    if (source !== undefined && equalDims(this.#facts.dims(source), to)) return source
    if (node.opType !== 'Reshape') {
      const target = source === undefined ? undefined : sizesFor(this.#facts.dims(source), to)
      if (target === undefined) return undefined
      this.#become(node, 'Reshape', [source!, this.#ints(target.sizes)], target.attributes)
      return undefined
    }
    if (this.#values.constant(node.inputs[1]) !== undefined) {
      // A constant that copies extents of the inner one's result is said in terms of what that one reshapes.
      const target = source === undefined ? undefined : sizesFor(this.#facts.dims(source), to)
      if (target !== undefined) this.#become(node, 'Reshape', [source!, this.#ints(target.sizes)], target.attributes)
      return undefined
    }
    for (const origin of source === undefined ? [x] : [source, x]) {
      const target =
        sizesFor(this.#facts.dims(origin), to) ?? sizesFor(this.#facts.dims(origin), this.#facts.contents(node.inputs[1])?.items)
      if (target === undefined) continue
      this.#become(node, 'Reshape', [origin, this.#ints(target.sizes)], target.attributes)
      return undefined
    }
    this.#flatten(node, x, from, to)
    return undefined
  }

  /** Two axes, each a product of neighbours: a Flatten, which is right for extents of 0 as well. */
  #flatten(node: OnnxNode, x: string, from: Dims, to: Dims): void {
    if (from === undefined || to?.length !== 2) return
    const axis = [...from, null].findIndex((_, k) => same(dimProduct(from.slice(0, k)), to[0]!) && same(dimProduct(from.slice(k)), to[1]!))
    if (axis !== -1) this.#become(node, 'Flatten', [x], [['axis', axis]])
  }

  /** In place: the node is another operator from here on. */
  #become(node: OnnxNode, opType: string, inputs: string[], attributes: readonly (readonly [string, number])[] = []): void {
    this.changed = true
    Object.assign(node, { opType })
    node.inputs = inputs
    node.attributes.clear()
    for (const [name, value] of attributes) node.attributes.set(name, value)
  }

  #expand(node: OnnxNode): string | undefined {
    const [x, shape] = node.inputs as [string, string]
    const dims = this.#facts.dims(x)
    const asked = this.#facts.contents(shape)?.items
    if (dims === undefined || asked === undefined) return undefined
    const lead = asked.length - dims.length
    // 1 asks for nothing: extents that are there already need not be named.
    const sizes = asked.map((item, i) => (i >= lead && same(item, dims[i - lead]!) ? 1 : item))
    if (lead <= 0 && sizes.every((item) => item === 1)) return x
    if (this.#values.constant(shape) === undefined && sizes.every((item): item is number => typeof item === 'number')) {
      this.changed = true
      node.inputs = [x, this.#ints(sizes)]
    }
    return undefined
  }

  #slice(node: OnnxNode): string | undefined {
    const [x] = node.inputs as [string]
    const dims = this.#facts.dims(x)
    const [starts, ends, axes, steps] = [1, 2, 3, 4].map((i) => this.#facts.contents(node.inputs[i])?.items)
    const plainSteps = (node.inputs[4] ?? '') === ''
    if (dims === undefined || starts === undefined || ends === undefined || axes === undefined) return undefined
    if (!plainSteps && steps === undefined) return undefined
    const rows = axes.flatMap((item, i) => {
      if (typeof item !== 'number') return [undefined]
      const extent = dims[wrap(item, dims.length)]
      // An axis that is not there: a branch that a tensor of this rank never takes.
      if (extent === undefined) return [undefined]
      const [start, step] = [starts[i]!, plainSteps ? 1 : steps![i]!]
      const end = reaches(ends[i]!, extent) ? END : ends[i]!
      return start === 0 && step === 1 && end === END ? [] : [{ axis: item, start, end, step }]
    })
    if (rows.includes(undefined)) return undefined
    if (rows.length === 0) return x
    const all = rows as { axis: number; start: Item; end: Item; step: Item }[]
    const isConstant = [1, 2, 4].every((i) => (node.inputs[i] ?? '') === '' || this.#values.constant(node.inputs[i]) !== undefined)
    if (isConstant && all.length === axes.length) return undefined
    const columns = [all.map(({ start }) => start), all.map(({ end }) => end), all.map(({ axis }) => axis), all.map(({ step }) => step)]
    if (!columns.flat().every((item): item is number => typeof item === 'number')) return undefined
    this.changed = true
    node.inputs = [x, ...(columns as number[][]).map((column) => this.#values.addConstant(int64Ends(column)))]
    return undefined
  }

  /** Moving extents of 1 alone is no work: a Reshape. */
  #transpose(node: OnnxNode): string | undefined {
    const [x] = node.inputs as [string]
    const dims = this.#facts.dims(x)
    const perm = intsAttribute(node, 'perm')
    if (dims === undefined || perm === undefined) return undefined
    const moved = perm.filter((axis) => dims[axis] !== 1)
    if (!moved.every((axis, i) => i === 0 || axis > moved[i - 1]!)) return undefined
    if (perm.every((axis, i) => axis === i)) return x
    const target = sizesFor(
      dims,
      perm.map((axis) => dims[axis]!),
    )
    if (target !== undefined) this.#become(node, 'Reshape', [x, this.#ints(target.sizes)], target.attributes)
    return undefined
  }

  /** A choice that is made, or between a value and itself, where nothing is broadcast. */
  #choice(node: OnnxNode): string | undefined {
    const [condition, a, b] = node.inputs as [string, string, string]
    const flags = this.#values.constant(condition)
    const elements = flags !== undefined && flags.dtype === 'bool' && numel(flags.sizes) <= MAX_FLAGS ? readElements(flags) : []
    const taken =
      a === b ? a : elements.length === 0 || elements.some((item) => item !== elements[0]) ? undefined : elements[0] === true ? a : b
    return taken !== undefined && equalDims(this.#facts.dims(taken), this.#facts.dims(node.outputs[0])) ? taken : undefined
  }

  /** What broadcasts by itself need not be expanded before. */
  #broadcasting(node: OnnxNode): undefined {
    const result = this.#facts.dims(node.outputs[0])
    for (const [i, name] of node.inputs.entries()) {
      const expand = this.#values.producer(name)
      if (expand?.opType !== 'Expand') continue
      const inputs = node.inputs.with(i, expand.inputs[0]!)
      if (!equalDims(broadcast(...inputs.map((input) => this.#facts.dims(input))), result)) continue
      this.changed = true
      node.inputs = inputs
    }
    return undefined
  }

  /** Axes that keep their extent are not resized: the sizes of the others are a constant. */
  #resize(node: OnnxNode): undefined {
    const [x, , , sizes] = node.inputs as [string, string, string, string | undefined]
    const dims = this.#facts.dims(x)
    const asked = this.#facts.contents(sizes)?.items
    if (dims === undefined || asked?.length !== dims.length || node.attributes.has('axes')) return undefined
    if (this.#values.constant(sizes) !== undefined || (node.attributes.get('keep_aspect_ratio_policy') ?? 'stretch') !== 'stretch')
      return undefined
    const axes = dims.flatMap((dim, i) => (same(asked[i]!, dim) ? [] : [i]))
    const left = axes.map((axis) => asked[axis]!)
    if (axes.length === 0 || !left.every((item): item is number => typeof item === 'number')) return undefined
    this.changed = true
    node.inputs = node.inputs.with(3, this.#ints(left))
    node.attributes.set('axes', axes)
    return undefined
  }

  /** Parts without extent along the axis add nothing. */
  #concat(node: OnnxNode): string | undefined {
    const axis = intAttribute(node, 'axis', 0)
    const parts = node.inputs.filter((name) => {
      const dims = this.#facts.dims(name)
      return dims === undefined || dims[wrap(axis, dims.length)] !== 0
    })
    if (parts.length === 1) return parts[0]
    const whole = joinedParts(node, this.#facts, this.#values)
    if (whole !== undefined) return whole
    if (parts.length > 1 && parts.length < node.inputs.length) {
      this.changed = true
      node.inputs = parts
    }
    return undefined
  }
}

/** Elements of a mask that is looked through. */
const MAX_FLAGS = 1 << 20
const RESHAPING = new Set(['Reshape', 'Squeeze', 'Unsqueeze'])
