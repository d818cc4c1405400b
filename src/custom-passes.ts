// unplugin-torch/passes: what passes of a user's own are written with. The same that ours are written with; ours are examples (src/passes/, src/onnx/passes/).
// Graphs are functional and flat when such passes run: no writes in place, no tuples, lists of tensors or objects; weights are constants.

// Over a method's graph.
export { definePass, type Missed, type Pass, type PassContext, type PassInfo } from './passes/pass.ts'
export { defineRulePass, type Rule, type RulePass } from './passes/rule-pass.ts'
export { factsOf } from './passes/graph-facts.ts'
export type { Facts } from './analysis/facts.ts'
export type { Fact } from './ops/fact.ts'
export { Graph } from './ir/graph.ts'
export { allNodes, type Block } from './ir/block.ts'
export type { Node } from './ir/node.ts'
export type { Value } from './ir/value.ts'
export type { Type } from './ir/type.ts'
export type { IValue } from './ir/ivalue.ts'
export type { Match } from './ir/pattern.ts'
export { Builder } from './ir/builder.ts'
export { constantOf, constantTensor } from './ir/constant.ts'
export { tensorFromElements, readElements } from './ir/tensor-elements.ts'
export type { Tensor } from './ir/tensor.ts'
export { parseGraph } from './ir/parser.ts'
export { printGraph } from './ir/printer.ts'

// Over the emitted model.
export { defineOnnxPass, type OnnxPass, type OnnxPassContext } from './onnx/passes/onnx-pass.ts'
export { f, fs, subgraphs, type OnnxAttribute, type OnnxGraph, type OnnxModel, type OnnxNode } from './onnx/model.ts'
export { printModel } from './onnx/print-model.ts'
export { parseModel } from './onnx/parse-model.ts'
