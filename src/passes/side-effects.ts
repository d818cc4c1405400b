// Which nodes must stay although nobody uses their results.

import { allNodes } from '../ir/block.ts'
import { isMutating } from '../ir/function-schema.ts'
import type { Node } from '../ir/node.ts'
import { schemaOf } from '../ops/schema-of.ts'

const KEPT = new Set([
  'prim::RaiseException',
  'prim::SetAttr',
  'prim::Enter',
  'prim::Exit',
  'prim::fork',
  'prim::CallMethod',
  'prim::CallFunction',
])

/** What they do has no place in a page: prints, warnings, the state of autograd and of random numbers. */
const IDLE = new Set([
  'prim::Print',
  'aten::warn',
  'aten::set_grad_enabled',
  'aten::manual_seed',
  'aten::_print',
  'prim::AddStatValue',
  'aten::_assert_tensor_metadata',
  // Promises about extents, for compilers.
  'aten::sym_constrain_range',
  'aten::sym_constrain_range_for_size',
])

/** True when the node alone, blocks aside, does something besides giving results. */
export function hasOwnEffect(node: Node): boolean {
  if (KEPT.has(node.kind)) return true
  if (IDLE.has(node.kind)) return false
  const schema = schemaOf(node)
  return schema !== undefined && (isMutating(schema) || (schema.returns.length === 0 && !schema.isVarret))
}

/** True when the node or something in its blocks has an effect. */
export function hasEffect(node: Node): boolean {
  if (hasOwnEffect(node)) return true
  for (const block of node.blocks) for (const nested of allNodes(block)) if (hasOwnEffect(nested)) return true
  return false
}

/** Operators that give another result each time. */
export function isRandom(node: Node): boolean {
  let random = kinds.get(node.kind)
  if (random === undefined) {
    const name = node.kind.slice(node.kind.indexOf('::') + 2)
    kinds.set(node.kind, (random = RANDOM.has(name) ? 'always' : DROPOUTS.has(name) ? 'of something' : 'never'))
  }
  return random === 'always' || (random === 'of something' && node.inputs.length > 0)
}

/** Asked of every node again and again. */
const kinds = new Map<string, 'always' | 'of something' | 'never'>()

const RANDOM = new Set([
  'rand',
  'randn',
  'randint',
  'rand_like',
  'randn_like',
  'randint_like',
  'randperm',
  'bernoulli',
  'multinomial',
  'normal',
  'poisson',
  'rrelu',
  'rrelu_with_noise',
  'exponential',
  'uniform',
  'geometric',
  'log_normal',
  'cauchy',
  'random',
  'normal_functional',
  'binomial',
  '_standard_gamma',
  '_sample_dirichlet',
  'rrelu_with_noise_functional',
])
const DROPOUTS = new Set(['dropout', 'native_dropout', 'feature_dropout', 'alpha_dropout', 'feature_alpha_dropout'])
