// What kind of work an operator is: for the colour of its box.

const FAMILIES: readonly (readonly [name: string, pattern: RegExp])[] = [
  [
    'product',
    /^(?:(?:Fused|Q?Linear|Dynamic\w*)?(?:Conv|ConvTranspose|ConvInteger|MatMul\w*|Gemm)|QLinear\w+|Einsum|Attention|MultiHeadAttention|LSTM|GRU|RNN)$/,
  ],
  ['norm', /Normalization$|^Softmax$|^LogSoftmax$/],
  [
    'activation',
    /^(?:Relu|LeakyRelu|PRelu|Elu|Celu|Selu|Sigmoid|HardSigmoid|HardSwish|Tanh|Clip|Softplus|Softsign|Mish|Swish|Erf|\w*Gelu)$/,
  ],
  ['pool', /Pool$|^Reduce|^Arg|^Resize$|^TopK$/],
  ['control', /^(?:If|Loop|Scan|Sequence\w*)$/],
  [
    'move',
    /^(?:Reshape|Transpose|Slice|Concat|Split|Gather\w*|Scatter\w*|Pad|Expand|Squeeze|Unsqueeze|Flatten|Tile|Identity|Cast|Shape|Size|Range|Where|ConstantOfShape|DepthToSpace|SpaceToDepth)$/,
  ],
]

export function family(op: string): string {
  const name = op.replace(/^.*\./, '')
  return FAMILIES.find(([, pattern]) => pattern.test(name))?.[0] ?? 'other'
}
