// Operators that torch itself writes in TorchScript: scalar-first arithmetic, tensor properties, and upgraders of operators whose
// meaning changed. Answers to torch/csrc/jit/frontend/builtin_functions.cpp and torch/csrc/jit/operator_upgraders.

import type { FunctionSchema } from '../ir/function-schema.ts'
import type { Graph } from '../ir/graph.ts'
import type { Language } from './emit/language.ts'
import type { ScriptFunction } from './script-function.ts'

/** `2 * x`, `1 - x`: a scalar on the left of a tensor. */
const SCALAR_FIRST: readonly (readonly [name: string, result: string])[] = [
  ['mul', 'b * a'],
  ['add', 'b + a'],
  ['ne', 'b != a'],
  ['eq', 'b == a'],
  ['sub', 'torch.neg(b) + a'],
  ['div', 'torch.reciprocal(b) * a'],
]
const SCALAR_COMPARED: readonly (readonly [name: string, result: string])[] = [
  ['lt', 'b > a'],
  ['le', 'b >= a'],
  ['gt', 'b < a'],
  ['ge', 'b <= a'],
]
const TUPLES: readonly (readonly [name: string, size: number])[] = [
  ['_single', 1],
  ['_pair', 2],
  ['_triple', 3],
  ['_quadruple', 4],
]

function atenSource(): string {
  const lines: string[] = []
  const scalarFirst = (rows: readonly (readonly [string, string])[], scalar: string): void => {
    for (const [name, result] of rows) lines.push(`def ${name}(a: ${scalar}, b: Tensor) -> Tensor:`, `  return ${result}`)
  }
  for (const scalar of ['float', 'int', 'complex']) scalarFirst(SCALAR_FIRST, scalar)
  for (const scalar of ['float', 'int']) scalarFirst(SCALAR_COMPARED, scalar)
  for (const scalar of ['float', 'int'])
    for (const [name, size] of TUPLES) lines.push(`def ${name}(x: BroadcastingList${size}[${scalar}]) -> List[${scalar}]:`, '  return x')
  for (const other of ['number', 'Tensor'])
    lines.push(`def floordiv(self: Tensor, other: ${other}) -> Tensor:`, '  return torch.floor_divide(self, other)')
  lines.push(
    'def _assert_int_or_pair(vals: List[int], name: str, message: str):',
    '  pass',
    'def list_with_default(out_size: List[int], defaults: List[int]):',
    '  assert len(defaults) > len(out_size)',
    '  return out_size',
    'def _assert(condition: bool, message: str):',
    '  assert condition, message',
    'def type(self: Tensor, dtype: int, non_blocking: bool=False, copy: bool=False) -> Tensor:',
    '  return self.to(dtype, non_blocking, copy)',
    'def _assert(condition: Tensor, message: str):',
    '  assert bool(condition), message',
    'def __contains__(self: str, key: str):',
    '  return self.find(key, 0, len(self)) != -1',
  )
  return `${lines.join('\n')}\n`
}

const PRIM = `def ndim(a: Tensor) -> int:
  return a.dim()
def T(a: Tensor) -> Tensor:
  return a.numpy_T()
def H(a: Tensor) -> Tensor:
  return a.matrix_H()
def shape(a: Tensor) -> List[int]:
  return a.size()
`

/** Two integral operands were divided with truncation before version 4; a Scalar counts as float only when it is one. */
const divided = (name: string, operator: string, other: string, isFloat: string, out = ''): string =>
  `def ${name}(self: Tensor, other: ${other}${out === '' ? '' : ', *, out: Tensor'}) -> Tensor:
  if (self.is_floating_point() or ${isFloat}):
    return torch.${operator}(self, other${out})
  return torch.${operator}(self, other, rounding_mode="trunc"${out})
`
const passedOn = (name: string, params: string, call: string): string => `def ${name}(${params}) -> Tensor:\n  return torch.${call}\n`
const FACTORY = 'dtype: Optional[int]=None, layout: Optional[int]=None, device: Optional[Device]=None, pin_memory: Optional[bool]=None'
const FACTORY_ARGS = 'dtype=dtype, layout=layout, device=device, pin_memory=pin_memory'
const MODE = 'rounding_mode: Optional[str]=None'

const UPGRADERS = [
  divided('div_Tensor_0_3', 'div', 'Tensor', 'other.is_floating_point()'),
  divided('div_Scalar_0_3', 'div', 'number', 'isinstance(other, float)'),
  divided('div_out_0_3', 'div', 'Tensor', 'other.is_floating_point() or out.is_floating_point()', ', out=out'),
  divided('div__Tensor_0_3', 'div_', 'Tensor', 'other.is_floating_point()'),
  divided('div__Scalar_0_3', 'div_', 'number', 'isinstance(other, float)'),
  passedOn('div_Tensor_mode_0_3', `self: Tensor, other: Tensor, *, ${MODE}`, 'div(self, other, rounding_mode=rounding_mode)'),
  passedOn('div_Scalar_mode_0_3', `self: Tensor, other: number, *, ${MODE}`, 'div(self, other, rounding_mode=rounding_mode)'),
  passedOn(
    'div_out_mode_0_3',
    `self: Tensor, other: Tensor, *, ${MODE}, out: Tensor`,
    'div(self, other, rounding_mode=rounding_mode, out=out)',
  ),
  passedOn('div__Tensor_mode_0_3', `self: Tensor, other: Tensor, *, ${MODE}`, 'div_(self, other, rounding_mode=rounding_mode)'),
  passedOn('div__Scalar_mode_0_3', `self: Tensor, other: number, *, ${MODE}`, 'div_(self, other, rounding_mode=rounding_mode)'),
  `def full_0_4(size: List[int], fill_value: number, *, ${FACTORY}) -> Tensor:
  if dtype is None:
    fill_value = float(fill_value)
  return torch.full(size, fill_value, ${FACTORY_ARGS})
`,
  passedOn('full_out_0_4', 'size: List[int], fill_value: number, *, out: Tensor', 'full(size, fill_value, out=out)'),
  `def linspace_0_7(start: number, end: number, steps: Optional[int]=None, *, ${FACTORY}) -> Tensor:
  if (steps is None):
    return torch.linspace(start, end, 100, ${FACTORY_ARGS})
  return torch.linspace(start, end, steps, ${FACTORY_ARGS})
def linspace_out_0_7(start: number, end: number, steps: Optional[int]=None, *, out: Tensor) -> Tensor:
  if (steps is None):
    return torch.linspace(start, end, 100, out=out)
  return torch.linspace(start, end, steps, out=out)
def logspace_0_8(start: number, end: number, steps: Optional[int]=None, base: float=10., *, ${FACTORY}) -> Tensor:
  if (steps is None):
    return torch.logspace(start, end, 100, base, ${FACTORY_ARGS})
  return torch.logspace(start, end, steps, base, ${FACTORY_ARGS})
def logspace_out_0_8(start: number, end: number, steps: Optional[int]=None, base: float=10., *, out: Tensor) -> Tensor:
  if (steps is None):
    return torch.logspace(start, end, 100, base, out=out)
  return torch.logspace(start, end, steps, base, out=out)
`,
  passedOn('gelu_0_9', 'self: Tensor', 'gelu(self, approximate="none")'),
  passedOn('gelu_out_0_9', 'self: Tensor, *, out: Tensor', 'gelu(self, approximate="none", out=out)'),
].join('')

/** A function that torch brings along. */
export interface BuiltinFunction {
  readonly schema: FunctionSchema
  /** Compiled when first asked for. */
  readonly graph: Graph
}

const builtin = (fn: ScriptFunction): BuiltinFunction => ({
  get schema() {
    return quietly(() => fn.schema)
  },
  get graph() {
    return quietly(() => fn.graph)
  },
})

type Table = ReadonlyMap<string, readonly ScriptFunction[]>
let operators: Table | undefined
let upgraders: Table | undefined
let isQuiet = false

/** Bodies call operators by name: none of them may see the wrappers, as in torch. They are compiled when they are called. */
function quietly<T>(run: () => T): T {
  const before = isQuiet
  isQuiet = true
  try {
    return run()
  } finally {
    isQuiet = before
  }
}

/** The functions of each namespace's text, by qualified name. */
function load({ define }: Language, texts: Readonly<Record<string, string>>): Table {
  const table = new Map<string, ScriptFunction[]>()
  for (const [namespace, text] of Object.entries(texts)) {
    for (const fn of define({ name: `${namespace}.py`, text })) {
      const name = `${namespace}::${fn.name}`
      const list = table.get(name)
      if (list === undefined) table.set(name, [fn])
      else list.push(fn)
    }
  }
  return table
}

/** Overloads of an operator that are functions, tried behind all others. */
export function builtinFunctions(operator: string, language: Language): readonly BuiltinFunction[] {
  if (isQuiet) return []
  operators ??= load(language, { aten: atenSource(), prim: PRIM })
  return operators.get(operator)?.map(builtin) ?? []
}

/** The graph that an old operator stands for. */
export function upgraderGraph(name: string, language: Language): Graph {
  upgraders ??= load(language, { upgraders: UPGRADERS })
  return builtin(upgraders.get(`upgraders::${name}`)![0]!).graph
}
