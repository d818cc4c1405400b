// Large TorchScript archives as text and bytes, without torch: what `torch.jit.trace` and `torch.jit.script` write for deep networks of common
// layers. Weights are small, so that graphs are what is measured.

import * as p from '../test/hostile/pickle-writer.ts'
import { concat, zipOf, type ZipItem } from '../test/hostile/zip-writer.ts'

/** A module of the tree: its class is its own, as each module of a trace has one. */
interface Module {
  /** Without `__torch__.` */
  readonly className: string
  readonly tensors?: readonly (readonly [name: string, sizes: readonly number[]])[]
  readonly children?: readonly (readonly [name: string, module: Module])[]
  /** Methods, indented by two. */
  readonly code: string
  /** Functions before the class, where the module has them. */
  readonly functions?: string
}

const text = (value: string): Uint8Array => new TextEncoder().encode(value)
const lines = (count: number, line: (i: number) => string): string => Array.from({ length: count }, (_, i) => line(i)).join('')

/** The archive of a module tree. Every weight is 0.01 · its place, so that no two are equal. */
function archiveOf(root: Module): Uint8Array {
  const items: ZipItem[] = []
  let storages = 0
  const tensor = (sizes: readonly number[]): Uint8Array => {
    const count = sizes.reduce((a, b) => a * b, 1)
    const key = storages++
    const data = Float32Array.from({ length: count }, (_, i) => 0.1 + 0.01 * Math.sin(i + key))
    items.push({ name: `net/data/${key}`, data: new Uint8Array(data.buffer) })
    const strides = sizes.map((_, i) => sizes.slice(i + 1).reduce((a, b) => a * b, 1))
    return p.tensor({
      key: p.str(String(key)),
      numel: p.int(count),
      size: p.tuple(...sizes.map(p.int)),
      stride: p.tuple(...strides.map(p.int)),
    })
  }
  const pickled = ({ className, tensors = [], children = [], code, functions = '' }: Module): Uint8Array => {
    const dot = className.lastIndexOf('.')
    const [file, name] = [className.slice(0, Math.max(dot, 0)), className.slice(dot + 1)]
    const members = [
      `  __parameters__ = [${tensors.map(([tensorName]) => `"${tensorName}", `).join('')}]\n  __buffers__ = []\n`,
      ...tensors.map(([tensorName]) => `  ${tensorName} : Tensor\n`),
      '  training : bool\n',
      ...children.map(([child, { className: of }]) => `  ${child} : __torch__.${of}\n`),
    ]
    const source = `${functions}class ${name}(Module):\n${members.join('')}${code}`
    items.push({ name: `net/code/__torch__${file === '' ? '' : `/${file.replaceAll('.', '/')}`}.py`, data: text(source) })
    const state = [
      p.str('training'),
      p.no,
      ...tensors.flatMap(([tensorName, sizes]) => [p.str(tensorName), tensor(sizes)]),
      ...children.flatMap(([child, module]) => [p.str(child), pickled(module)]),
    ]
    const global = p.global(dot === -1 ? '__torch__' : `__torch__.${file}`, name)
    return concat(global, p.emptyTuple, p.newObjOp, p.emptyDict, p.mark, ...state, p.ascii('u'), p.buildOp)
  }
  const data = concat(p.proto(), pickled(root), p.stop)
  return zipOf([
    { name: 'net/data.pkl', data },
    ...items,
    { name: 'net/constants.pkl', data: concat(p.proto(), p.emptyTuple, p.stop) },
    { name: 'net/version', data: text('3\n') },
    { name: 'net/byteorder', data: text('little') },
  ])
}

const method = (className: string, body: string): string =>
  `  def forward(self: __torch__.${className},\n    x: Tensor) -> Tensor:\n${body}`

function leaf(className: string, tensors: NonNullable<Module['tensors']>, result: string): Module {
  const attributes = tensors.map(([name]) => `    ${name} = self.${name}\n`).toReversed()
  return { className, tensors, code: method(className, `${attributes.join('')}    return ${result}\n`) }
}

const BATCH_NORM = 'torch.batch_norm(x, weight, bias, running_mean, running_var, False, 0.1, 1.0000000000000001e-05, True)'
const CONV = 'torch._convolution(x, weight, bias, [1, 1], [1, 1], [1, 1], False, [0, 0], 1, False, False, True, True)'

/** One block as `torch.jit.trace` prints it: layers, shape arithmetic, slices, a concatenation and a residual. 46 operators. */
function tracedBlock(index: number): Module {
  const of = (kind: string): string => `torch.nn.modules.${kind}.___torch_mangle_${index}`
  const vector = (...names: readonly string[]): (readonly [string, readonly number[]])[] => names.map((name) => [name, [4]])
  const conv = leaf(
    `${of('conv')}.Conv2d`,
    [
      ['weight', [4, 4, 3, 3]],
      ['bias', [4]],
    ],
    CONV,
  )
  const norm = leaf(`${of('batchnorm')}.BatchNorm2d`, vector('weight', 'bias', 'running_mean', 'running_var'), BATCH_NORM)
  const linear = leaf(
    `${of('linear')}.Linear`,
    [
      ['weight', [8, 8]],
      ['bias', [8]],
    ],
    'torch.linear(x, weight, bias)',
  )
  const layerNorm = leaf(
    `${of('normalization')}.LayerNorm`,
    [
      ['weight', [8]],
      ['bias', [8]],
    ],
    'torch.layer_norm(x, [8], weight, bias)',
  )
  const className = `net.___torch_mangle_${index}.Block`
  const body = `    ln = self.ln
    l = self.l
    n = self.n
    c = self.c
    y = torch.relu((n).forward((c).forward(x, ), ))
    b = ops.prim.NumToTensor(torch.size(y, 0))
    _0 = int(b)
    _1 = int(b)
    c0 = ops.prim.NumToTensor(torch.size(y, 1))
    _2 = int(c0)
    h = ops.prim.NumToTensor(torch.size(y, 2))
    _3 = int(h)
    w = ops.prim.NumToTensor(torch.size(y, 3))
    _4 = int(w)
    _5 = int(w)
    input = torch.reshape(y, [_1, int(torch.mul(c0, h)), _5])
    _6 = (ln).forward((l).forward(input, ), )
    z = torch.view(torch.gelu(_6), [_0, _2, _3, _4])
    _7 = torch.slice(z, 0, 0, 9223372036854775807)
    _8 = torch.slice(_7, 1, 0, 2)
    _9 = torch.slice(z, 0, 0, 9223372036854775807)
    _10 = torch.slice(_9, 1, 2, 9223372036854775807)
    _11 = torch.slice(z, 0, 0, 9223372036854775807)
    _12 = torch.slice(_11, 1, 2, 9223372036854775807)
    _13 = [_8, torch.mul(_10, torch.sigmoid(_12))]
    z0 = torch.cat(_13, 1)
    _14 = torch.contiguous(torch.permute(z0, [0, 1, 3, 2]))
    _15 = torch.softmax(torch.div(torch.matmul(_14, torch.transpose(_14, -2, -1)), CONSTANTS.c0), -1)
    _16 = torch.matmul(_15, _14)
    _17 = torch.add_(_16, _14, alpha=2)
    _18 = torch.mean(torch.chunk(_17, 2, 1)[0], [1], True)
    return torch.add(x, torch.mul(_17, torch.tanh(_18)))
`.replace('CONSTANTS.c0', '2.5')
  return {
    className,
    children: [
      ['c', conv],
      ['n', norm],
      ['l', linear],
      ['ln', layerNorm],
    ],
    code: method(className, body),
  }
}

/** Containers of four children, over each other, over all blocks. */
function treeOf(modules: readonly Module[], level = 0): Module {
  if (modules.length === 1) return modules[0]!
  const parents: Module[] = []
  for (let at = 0; at < modules.length; at += 4) {
    const part = modules.slice(at, at + 4)
    const className = `torch.nn.modules.container.l${level}.___torch_mangle_${at}.Sequential`
    const calls = part.map((_, i) => `    x${i + 1} = (self.m${i}).forward(x${i}, )\n`).join('')
    const body = `    x0 = x\n${calls}    return x${part.length}\n`
    parents.push({ className, children: part.map((module, i) => [`m${i}`, module] as const), code: method(className, body) })
  }
  return treeOf(parents, level + 1)
}

/** Operators in one block, constants and attributes not counted. */
const BLOCK = 47

/** A trace of about so many operators. */
export function tracedModel(operators: number): Uint8Array {
  return archiveOf(treeOf(Array.from({ length: Math.max(2, Math.round(operators / BLOCK)) }, (_, i) => tracedBlock(i))))
}

/** Every other one a branch or a loop that the data decides, one after another, each with values carried. */
export function controlFlowModel(count: number): Uint8Array {
  const one = (i: number): string =>
    i % 2 === 0
      ? `    if bool(torch.gt(torch.sum(y${i}), ${i})):
      y${i + 1} = torch.mul(torch.relu(y${i}), ${i})
      n${i + 1} = torch.add(n${i}, 1)
    else:
      y${i + 1} = torch.sub(y${i}, 1)
      n${i + 1} = n${i}
`
      : `    a${i} = y${i}
    k${i} = n${i}
    for i in range(torch.add(torch.remainder(n${i}, 3), 1)):
      a${i} = torch.tanh(torch.add(a${i}, i))
      k${i} = torch.add(k${i}, i)
    y${i + 1} = a${i}
    n${i + 1} = k${i}
`
  const body = `    y0 = x\n    n0 = torch.size(x, 0)\n${lines(count, one)}    return torch.add(y${count}, n${count})\n`
  return archiveOf({ className: 'M', code: method('M', body) })
}

/** So many calls of functions, each a small tree of calls of others. */
export function callsModel(count: number): Uint8Array {
  const functions = `def scale(x: Tensor, by: float) -> Tensor:
  return torch.mul(x, by)
def shift(x: Tensor, by: Optional[float]) -> Tensor:
  if torch.__is__(by, None):
    y = x
  else:
    by0 = unchecked_cast(float, by)
    y = torch.add(x, by0)
  return y
def gate(x: Tensor, on: bool) -> Tensor:
  if on:
    y = torch.sigmoid(__torch__.shift(__torch__.scale(x, 0.5), 1.5))
  else:
    y = __torch__.shift(x, None)
  return y
`
  // A gate is three calls when it is on, two when it is not.
  const gates = Math.round(count / 2.5)
  const body = `    y0 = x\n${lines(gates, (i) => `    y${i + 1} = __torch__.gate(y${i}, ${i % 2 === 0 ? 'True' : 'False'})\n`)}`
  return archiveOf({ className: 'M', functions, code: method('M', `${body}    return y${gates}\n`) })
}

/** A program for `controlFlow: 'host'`: branches and loops over numbers and tensors, about so many nodes. */
export function hostModel(nodes: number): Uint8Array {
  return controlFlowModel(Math.round(nodes / 7))
}
