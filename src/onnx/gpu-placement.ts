// Which nodes of a model onnxruntime's WebGPU runs, and which it leaves to the CPU: those move their tensors over and back in each run.
// Measured on onnxruntime-web 1.30 with opset 18: one node a session, with the CPU refused (session option disable_cpu_ep_fallback).

import type { ScalarType } from '../ir/scalar-type.ts'
import { subgraphs, type OnnxGraph, type OnnxModel, type OnnxNode, type ValueType } from './model.ts'

const words = (text: string): readonly string[] => text.split(/\s+/)

/** For floats. */
const KERNELS: ReadonlySet<string> = new Set([
  ...words(
    'Abs Acos Acosh Add ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Cast Ceil Clip Concat Conv ConvTranspose Cos Cosh',
  ),
  ...words(
    'CumSum DFT DepthToSpace DequantizeLinear Div Einsum Elu Equal Erf Exp Expand Flatten Floor Gather GatherElements GatherND Gelu Gemm',
  ),
  ...words('GlobalAveragePool GlobalMaxPool Greater GreaterOrEqual GridSample GRU HardSigmoid HardSwish Identity If InstanceNormalization'),
  ...words(
    'LayerNormalization LeakyRelu Less LessOrEqual Log LpNormalization LSTM MatMul Max MaxPool Min Mish Mul Neg PRelu Pad Pow Range Reciprocal',
  ),
  ...words(
    'ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu Reshape Resize',
  ),
  ...words(
    'ScatterElements ScatterND Shape Sigmoid SimplifiedLayerNormalization Sin Sinh Slice Softmax Softplus Split Sqrt Squeeze Sub Tan Tanh',
  ),
  ...words('ThresholdedRelu Tile TopK Transpose Trilu Unsqueeze Where'),
  ...words(
    'Attention BiasGelu FastGelu FusedConv MatMulNBits MultiHeadAttention QuickGelu SkipLayerNormalization SkipSimplifiedLayerNormalization',
  ),
])
const INT32: ReadonlySet<string> = new Set(
  words(
    'Add Cast Concat Div Equal Expand Flatten Gather GatherElements Greater Identity Less Max Min Mul Range ReduceSum Reshape Shape Squeeze Sub Tile Transpose Unsqueeze Where',
  ),
)
const BOOL: ReadonlySet<string> = new Set(words('And Cast Expand Flatten Gather If Not Reshape Shape Squeeze Unsqueeze Where'))
const BYTE: ReadonlySet<string> = new Set(words('Cast DequantizeLinear Expand Flatten Gather Reshape Shape Squeeze Unsqueeze'))

const byType: Readonly<Partial<Record<ScalarType, ReadonlySet<string>>>> = {
  float32: KERNELS,
  float16: KERNELS,
  int32: INT32,
  bool: BOOL,
  uint8: BYTE,
}

/** Reads extents alone: the tensor itself stays where it is. */
const EXTENTS: ReadonlySet<string> = new Set(['Shape', 'Size'])

/** The nodes that the CPU runs between others on the GPU, in the order of the graph. */
export function nodesOnCpu(model: OnnxModel): readonly OnnxNode[] {
  const typeOf = typesOf(model)
  const nodes = allNodes(model.graph)
  const onGpu = nodesOnGpu(model)
  const readOnGpu = new Set([...onGpu].flatMap((node) => node.inputs))
  const isTensor = (name: string): boolean => typeOf(name)?.dims?.length !== 0
  const isData = (name: string): boolean => isTensor(name) && /^(?:float|int32|bool)/.test(typeOf(name)?.dtype ?? 'float32')
  // Numbers that an If gives are where its branches made them.
  const made = ({ opType, outputs }: OnnxNode): readonly string[] =>
    EXTENTS.has(opType) ? [] : opType === 'If' ? outputs.filter(isData) : outputs
  const madeOnGpu = new Set([...onGpu].flatMap(made))
  return nodes.filter((node) => {
    if (onGpu.has(node) || EXTENTS.has(node.opType)) return false
    const down = node.inputs.some((name) => madeOnGpu.has(name) && isTensor(name))
    return down || node.outputs.some((name) => readOnGpu.has(name) && isData(name)) || subgraphs(node).length > 0
  })
}

// onnxruntime's build with WebGPU leaves these out, also from its CPU.
const ABSENT: ReadonlySet<ScalarType> = new Set<ScalarType>(['float64', 'int16', 'uint16'])

/** The nodes for whose data types there is no kernel at all where WebGPU is: a model with one of them is not opened there. */
export function nodesWithoutKernel(model: OnnxModel): readonly OnnxNode[] {
  const typeOf = typesOf(model)
  const dtype = (name: string): ScalarType => model.graph.initializers.get(name)?.dtype ?? typeOf(name)?.dtype ?? 'float32'
  return allNodes(model.graph).filter(
    (node) => subgraphs(node).length === 0 && [...node.inputs, ...node.outputs].some((name) => ABSENT.has(dtype(name))),
  )
}

/** The nodes that there are kernels for. */
export function nodesOnGpu(model: OnnxModel): ReadonlySet<OnnxNode> {
  const typeOf = typesOf(model)
  return new Set(allNodes(model.graph).filter((node) => hasKernel(node, model, typeOf)))
}

function typesOf({ graph, types }: OnnxModel): (name: string) => ValueType | undefined {
  const inputs = new Map<string, ValueType>([...graph.inputs, ...graph.outputs].map(({ name, dtype, dims }) => [name, { dtype, dims }]))
  return (name) => types.get(name) ?? inputs.get(name)
}

function hasKernel({ opType, inputs, outputs }: OnnxNode, { graph }: OnnxModel, typeOf: (name: string) => ValueType | undefined): boolean {
  // An If has a kernel whatever its branches give.
  if (opType === 'If') return true
  const [name = outputs[0]] = opType === 'Where' ? [inputs[1]] : inputs
  const dtype = (name === undefined ? undefined : (graph.initializers.get(name)?.dtype ?? typeOf(name)?.dtype)) ?? 'float32'
  return byType[dtype]?.has(opType) ?? false
}

function allNodes(graph: OnnxGraph): OnnxNode[] {
  return graph.nodes.flatMap((node) => [node, ...subgraphs(node).flatMap(allNodes)])
}
