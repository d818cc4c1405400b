// The emitted model as something to draw: nodes with types, attributes, weights and cost as plain data. Weights are told by path and size; of their
// elements only a few are shown.

import { scalarTypeInfo } from '../../ir/scalar-type.ts'
import { numel } from '../../ir/tensor.ts'
import { attributeText, elementsText, typeText } from '../../onnx/print-model.ts'
import type { OnnxAttribute, OnnxGraph, OnnxModel, OnnxNode, ValueType } from '../../onnx/model.ts'
import type { ModelCosts } from './model-costs.ts'
import type { Places } from './places.ts'
import type { DrawnInput, DrawnNode, DrawnValue, Drawing } from './types.ts'

const MAX_TEXT = 400
const short = (text: string): string => (text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT)} …`)

/** `moduleOf` tells where a node belongs; `costs` what it costs. */
export function drawModel(model: OnnxModel, places: Places, costs: ModelCosts, modules: ReadonlyMap<OnnxNode, string>): Drawing {
  const { types, sources, origins } = model
  const valueOf = (name: string): DrawnValue => {
    const type = types.get(name)
    return type === undefined ? { name, type: '' } : { name, ...typed(name, type) }
  }
  const typed = (name: string, { dtype, dims }: ValueType): Omit<DrawnValue, 'name'> => {
    const at = dims?.every((dim) => typeof dim === 'number') === true ? undefined : costs.at(name)
    return { type: typeText(dtype, dims), ...(at === undefined ? {} : { at: at.map((size) => size ?? '?').join(', ') }) }
  }
  const inputOf = (name: string): DrawnInput => {
    const tensor = model.graph.initializers.get(name)
    if (tensor === undefined) return valueOf(name)
    const path = origins.get(name)?.replace(/^self\./, '')
    const bytes = numel(tensor.sizes) * scalarTypeInfo(tensor.dtype).bytes
    const preview = elementsText(tensor)
    return {
      name,
      type: typeText(tensor.dtype, tensor.sizes),
      weight: { ...(path === undefined ? {} : { path: short(path) }), bytes, preview: short(preview) },
    }
  }
  // Subgraphs nest as deep as limit-nesting leaves them.
  const draw = ({ inputs, outputs, nodes }: OnnxGraph): Drawing => {
    return {
      inputs: inputs.map(({ name, dtype, dims, sequence }) => ({
        name,
        ...(sequence === true ? { type: `seq(${typeText(dtype, dims)})` } : typed(name, { dtype, dims })),
      })),
      outputs: outputs.map(({ name, dtype, dims }) => ({ name, ...typed(name, types.get(name) ?? { dtype, dims }) })),
      nodes: nodes.map((node): DrawnNode => {
        const { domain, opType, attributes } = node
        const subgraphs: [string, Drawing][] = []
        const texts: [string, string][] = []
        for (const [name, value] of attributes) {
          if (isGraph(value)) subgraphs.push([name, draw(value)])
          else texts.push([name, short(attributeText(value))])
        }
        const place = node.outputs.map((name) => places.indexOf(sources?.get(name)?.range)).find((index) => index !== -1)
        return {
          op: domain === '' ? opType : `${domain}.${opType}`,
          inputs: node.inputs.map(inputOf),
          outputs: node.outputs.map(valueOf),
          attributes: texts,
          subgraphs,
          module: short(modules.get(node) ?? ''),
          cost: costs.of(node),
          ...(place === undefined ? {} : { place }),
        }
      }),
    }
  }
  return draw(model.graph)
}

const isGraph = (value: OnnxAttribute): value is OnnxGraph => typeof value === 'object' && 'kind' in value && value.kind === 'graph'
