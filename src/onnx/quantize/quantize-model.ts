// The precision of weights: replaces the float constants of an optimised model by fewer bytes, and the products with them where integers are
// faster. After every other pass, so that patterns are found in floats; before the short names. Activations are static-ranges.ts.

import type { Problem } from '../../diagnostics/compile-error.ts'
import { numel, type Tensor } from '../../ir/tensor.ts'
import { eliminateDead } from '../eliminate-dead.ts'
import { subgraphs, type OnnxGraph, type OnnxModel } from '../model.ts'
import { Embeddings, isEmbedding } from './embedding.ts'
import { hasIntegerForm, IntegerProducts, isMeasurable } from './integer-product.ts'
import { BlockProducts, hasBlockForm } from './block-product.ts'
import { PrecisionPlan, type Precision, type PrecisionOption } from './precision.ts'
import { floatsOf, isFinite, Prelude, rounded, storeHalf, storeInt4, storeInt8 } from './stored-weight.ts'
import type { Ranges } from './byte-range.ts'
import { chosenActivations, hasStaticForm, quantizeActivations, splitFusedConvolutions } from './static-ranges.ts'
import { tiedProducts } from './tied-table.ts'
import { findWeights, type Weight } from './weights.ts'

export interface QuantizeOptions {
  readonly precision: PrecisionOption
  /** Undefined: as on wasm, which is where a model runs that names no device. */
  readonly device?: 'wasm' | 'webgpu' | undefined
  /** The attribute that a constant is a view of, where the model's own table does not tell. */
  readonly pathOf?: (tensor: Tensor) => string | undefined
  /** Of the activations that `planStatic` named. */
  readonly static?: { readonly plan: StaticPlan; readonly ranges: Ranges }
}

/** What precision int8-static does to a model. */
export interface StaticPlan {
  /** Names of the weights of convolutions that run in bytes. */
  readonly convolutions: ReadonlySet<string>
  /** Of products. */
  readonly products: ReadonlySet<string>
  /** Activations that become bytes, and whose range each has. */
  readonly activations: ReadonlyMap<string, string>
  /** Whose ranges are to be measured. */
  readonly measured: ReadonlySet<string>
}

/**
 * Undefined where nothing runs in bytes: WebGPU has no kernels for it. `among`: names of the weights whose convolutions may, all of them where it is
 * left out. Fused convolutions are taken apart, in place.
 */
export function planStatic(
  model: OnnxModel,
  { precision, device, pathOf = () => undefined }: QuantizeOptions,
  among?: ReadonlySet<string>,
): StaticPlan | undefined {
  const plan = new PrecisionPlan(precision)
  if (device === 'webgpu') return undefined
  const weights = findWeights(model, pathOf).filter((weight) => plan.of(weight.path) === 'int8-static' && isWorthIt(weight))
  const top = new Set(model.graph.nodes)
  const names = (chosen: readonly Weight[]): Set<string> => new Set(chosen.map(({ name }) => name))
  const convolutions = names(weights.filter((weight) => among?.has(weight.name) !== false && hasStaticForm(weight, top)))
  const products = weights.filter((weight) => hasIntegerForm(weight) && isMeasurable(weight, top))
  if (convolutions.size === 0 && products.length === 0) return undefined
  splitFusedConvolutions(model, convolutions)
  const activations = chosenActivations(model, convolutions)
  const measured = new Set([...activations.values(), ...products.flatMap(({ uses }) => uses.map(({ node }) => node.inputs[0]!))])
  return { convolutions, products: names(products), activations, measured }
}

// What the nodes of a stored weight cost is more than is saved below.
const LEAST = 256

/** What is left of each weight that `quantizeModel` will store in integers, by name, one at a time: undefined for others. */
export function storedWeights(
  model: OnnxModel,
  { precision, pathOf = () => undefined }: QuantizeOptions,
): (name: string) => Float32Array | undefined {
  const plan = new PrecisionPlan(precision)
  const weights = new Map(findWeights(model, pathOf).map((weight) => [weight.name, weight]))
  return (name) => {
    const weight = weights.get(name)
    const chosen = plan.of(weight?.path)
    if (weight?.view === undefined || chosen === 'fp32' || chosen === 'fp16' || !isWorthIt(weight)) return undefined
    return rounded(weight.tensor, weight.view, chosen === 'int4' ? 'int4' : 'int8')
  }
}

const isWorthIt = ({ tensor }: Weight): boolean => numel(tensor.sizes) >= LEAST && isFinite(floatsOf(tensor))

/** In place. Gives notices. Throws PT4010 for a path that is none. */
export function quantizeModel(model: OnnxModel, options: QuantizeOptions): Problem[] {
  const { precision, device, pathOf = () => undefined } = options
  const plan = new PrecisionPlan(precision)
  const weights = findWeights(model, pathOf)
  plan.check(weights.map(({ path }) => path))
  const to = new Prelude(model)
  const tooLarge: string[] = []
  const notFinite: string[] = []
  const standIns = new Map<string, string>()
  const isGpu = device === 'webgpu'
  const products = new IntegerProducts(model, to, options.static?.ranges ?? new Map())
  const blocks = new BlockProducts(model)
  const tables = new Embeddings(model)
  /** The float value that readers of the weight read instead; undefined: it stays, or its readers are replaced. */
  const store = (weight: Weight, chosen: Precision): string | undefined => {
    const { tensor, view } = weight
    if (chosen === 'fp32' || numel(tensor.sizes) < LEAST) return undefined
    // Halves have infinities and NaN too; integers have none.
    if (chosen !== 'fp16' && !isFinite(floatsOf(tensor))) {
      if (view !== undefined) notFinite.push(weight.path)
      return undefined
    }
    if (options.static?.plan.convolutions.has(weight.name) === true) return undefined
    if (chosen === 'int4' && view !== undefined) {
      if (isGpu && hasBlockForm(weight)) return void blocks.add(weight, to)
      const stored = storeInt4(tensor, view, to)
      if (stored !== undefined) return stored
    }
    if (chosen !== 'fp16' && view !== undefined) {
      if (!isGpu && isEmbedding(weight)) return void tables.add(weight, to)
      const tied = isGpu || chosen === 'int4' ? undefined : tiedProducts(model, weight)
      if (tied !== undefined) {
        const stored = tables.add(weight, to)
        for (const name of tied) products.addRows(name, tensor.sizes as [number, number], stored)
        return undefined
      }
      if (!isGpu && chosen !== 'int4' && hasIntegerForm(weight))
        return void products.add(weight, options.static?.plan.products.has(weight.name) === true)
      return storeInt8(tensor, view, to)
    }
    // Vectors are few bytes, and what they shift and scale is everything behind them.
    if (chosen !== 'fp16' && tensor.sizes.length < 2) return undefined
    const stored = storeHalf(tensor, to)
    if (stored === undefined) tooLarge.push(weight.path)
    return stored
  }
  for (const weight of weights) {
    const stored = store(weight, plan.of(weight.path))
    if (stored !== undefined) standIns.set(weight.name, stored)
  }
  if (options.static !== undefined) {
    const { plan, ranges } = options.static
    const layers = weights.filter(({ name }) => plan.convolutions.has(name))
    quantizeActivations(model, layers, plan.activations, ranges, to)
  }
  products.replace()
  blocks.replace()
  tables.replace()
  renameReads(model.graph, standIns)
  model.graph.nodes.unshift(...to.nodes)
  eliminateDead(model)
  return [...(tooLarge.length === 0 ? [] : [tooLargeNotice(tooLarge)]), ...(notFinite.length === 0 ? [] : [notFiniteNotice(notFinite)])]
}

function renameReads(graph: OnnxGraph, names: ReadonlyMap<string, string>): void {
  for (const node of graph.nodes) {
    node.inputs = node.inputs.map((name) => names.get(name) ?? name)
    for (const sub of subgraphs(node)) renameReads(sub, names)
  }
}

function someOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => `'${path}'`)
  return `${shown.join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`
}

const tooLargeNotice = (paths: readonly string[]): Problem => ({
  code: 'PT4011',
  message: `${someOf(paths)}: values beyond ±65504, the range of fp16. They stay fp32.`,
  fix: "nothing, if the size is fine; else give these paths 'int8' in option precision.",
})

const notFiniteNotice = (paths: readonly string[]): Problem => ({
  code: 'PT4014',
  message: `${someOf(paths)}: infinite values or NaN, which integers do not have. They stay fp32.`,
  fix: 'look at how the model was trained and saved: a layer with such weights rarely computes anything useful.',
})
