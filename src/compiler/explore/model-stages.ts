// The stages of the emitted model: its text as it was lowered, and after every pass that changed it. One line a node, its results with their types in
// front, so that a difference shows what a pass did.

import { attributeText, elementsText, typeText } from '../../onnx/print-model.ts'
import { subgraphs, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode } from '../../onnx/model.ts'
import { nodesOf } from '../../onnx/passes/values.ts'
import type { PassInfo } from '../../passes/pass.ts'
import { passFacts } from './graph-stages.ts'
import type { Places } from './places.ts'
import { TextStages, type TextLine } from './text-stages.ts'
import type { Stage } from './types.ts'
import { ValueNames } from './value-names.ts'

export class ModelStages {
  readonly #places: Places
  #texts = new TextStages()
  #names = new ValueNames()

  constructor(places: Places) {
    this.#places = places
  }

  get stages(): readonly Stage[] {
    return this.#texts.stages
  }
  clear(): void {
    this.#texts = new TextStages()
    this.#names = new ValueNames()
  }

  add(title: string, model: OnnxModel, pass?: PassInfo): void {
    this.#names.learn(model)
    const nodes = [...nodesOf(model.graph)].length
    const id = `onnx:${this.#texts.stages.length}`
    this.#texts.add({ id, kind: 'onnx', title, ...(pass === undefined ? {} : { pass: passFacts(pass) }), nodes }, this.#lines(model))
  }

  #lines(model: OnnxModel): TextLine[] {
    const { graph } = model
    const lines: TextLine[] = []
    const plain = (text: string): void => void lines.push({ text, place: -1 })
    for (const { name, dtype, dims, sequence } of graph.inputs) {
      const type = typeText(dtype, dims)
      plain(`input ${sequence === true ? `seq(${type})` : type} ${this.#names.of(name)}`)
    }
    for (const [name, tensor] of graph.initializers)
      plain(`weight ${typeText(tensor.dtype, tensor.sizes)} ${this.#names.of(name)} = ${elementsText(tensor)}`)
    for (const node of graph.nodes) this.#node(node, model, '', lines)
    for (const { name, dtype, dims } of graph.outputs) plain(`output ${typeText(dtype, dims)} ${this.#names.of(name)}`)
    return lines
  }

  // Subgraphs nest as deep as limit-nesting leaves them.
  #node(node: OnnxNode, model: OnnxModel, indent: string, lines: TextLine[]): void {
    const { domain, opType, inputs, outputs, attributes } = node
    const results = outputs.map((name) => {
      const type = model.types.get(name)
      return `${type === undefined ? '' : `${typeText(type.dtype, type.dims)} `}${this.#names.of(name)}`
    })
    const short = [...attributes].flatMap(([key, value]) => (isGraph(value) ? [] : [`${key} = ${attributeText(value)}`]))
    const operator = `${domain === '' ? '' : `${domain}.`}${opType}${short.length === 0 ? '' : ` <${short.join(', ')}>`}`
    const place = outputs.map((name) => this.#places.indexOf(model.sources?.get(name)?.range)).find((index) => index !== -1)
    lines.push({ text: `${indent}${results.join(', ')} = ${operator} (${inputs.map(this.#names.of).join(', ')})`, place: place ?? -1 })
    if (subgraphs(node).length === 0) return
    for (const [key, value] of attributes) {
      if (!isGraph(value)) continue
      const params = value.inputs.map(({ name, dtype, dims }) => `${typeText(dtype, dims)} ${this.#names.of(name)}`)
      lines.push({ text: `${indent}  ${key} (${params.join(', ')}):`, place: -1 })
      for (const inner of value.nodes) this.#node(inner, model, `${indent}    `, lines)
      lines.push({ text: `${indent}    → (${value.outputs.map(({ name }) => this.#names.of(name)).join(', ')})`, place: -1 })
    }
  }
}

const isGraph = (value: OnnxAttribute): value is OnnxGraph => typeof value === 'object' && 'kind' in value && value.kind === 'graph'
