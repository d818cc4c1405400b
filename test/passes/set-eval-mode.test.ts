// Train flags that a trace recorded, and the statistics that training writes.
import { expect, test } from 'vitest'
import type { IObject, IValue } from '../../src/ir/ivalue.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { tensorFromElements } from '../../src/ir/tensor-elements.ts'
import { passContext, type Pass, type PassContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { evalModule, noticeOfEval, setEvalMode } from '../../src/passes/set-eval-mode.ts'
import { updateStatistics } from '../../src/passes/update-statistics.ts'
import { FileCheck } from '../support/file-check.ts'

const object = (className: string, attributes: Record<string, IValue>): IObject => ({
  kind: 'object',
  className,
  attributes: new Map(Object.entries(attributes)),
})
const vector = tensorFromElements('float32', [2], [1, 2])
const norm = object('__torch__.Norm', { training: true, running_mean: vector, running_var: vector, num_batches_tracked: vector })
const self = object('__torch__.Net', { training: true, norm, same: norm, rate: 0.5 })

function run(pass: Pass, text: string): { text: string; context: PassContext; changed: boolean } {
  const graph = parseGraph(text)
  const context = passContext({ self, verifyGraphs: true })
  return { changed: runPasses(graph, [pass], context), text: printGraph(graph), context }
}

const CONSTANTS = `  %t : bool = prim::Constant[value=1]()
  %f : bool = prim::Constant[value=0]()
  %n : NoneType = prim::Constant()
  %p : float = prim::Constant[value=0.5]()
  %z : float = prim::Constant[value=0.]()
  %i : int = prim::Constant[value=1]()`
const graphOf = (body: string, result = '%y'): string =>
  `graph(%self : __torch__.Net, %x : Tensor, %m : Tensor, %v : Tensor):\n${CONSTANTS}\n${body}\n  return (${result})`

test('every module of a copy is in evaluation, and shared modules stay shared', () => {
  const copy = evalModule(self)
  const inner = copy.attributes.get('norm') as IObject
  expect([copy.attributes.get('training'), inner.attributes.get('training')]).toEqual([false, false])
  expect(copy.attributes.get('same')).toBe(inner)
  expect(inner.attributes.get('running_mean')).toBe(vector)
  expect([self.attributes.get('training'), norm.attributes.get('training')]).toEqual([true, true])
})

test('code that asks for its mode is told of', () => {
  const asks = '  %norm : __torch__.Norm = prim::GetAttr[name="norm"](%self)\n  %y : bool = prim::GetAttr[name="training"](%norm)'
  expect(noticeOfEval(parseGraph(graphOf(asks)), self).map(({ code }) => code)).toEqual(['PT3040'])
  expect(noticeOfEval(parseGraph(graphOf(asks)), evalModule(self))).toEqual([])
  expect(noticeOfEval(parseGraph(graphOf('  %y : float = prim::GetAttr[name="rate"](%self)')), self)).toEqual([])
})

test.each([
  ['aten::dropout(%x, %p, %t)', 'aten::dropout(%x, %p, %0)'],
  ['aten::feature_alpha_dropout(%x, %p, %t)', 'aten::feature_alpha_dropout(%x, %p, %0)'],
  ['aten::batch_norm(%x, %n, %n, %m, %v, %t, %p, %p, %t)', 'aten::batch_norm(%x, %n, %n, %m, %v, %0, %p, %p, %t)'],
  ['aten::instance_norm(%x, %n, %n, %m, %v, %t, %p, %p, %t)', 'aten::instance_norm(%x, %n, %n, %m, %v, %0, %p, %p, %t)'],
  ['aten::rrelu(%x, %p, %p, %t, %n)', 'aten::rrelu(%x, %p, %p, %0, %n)'],
  [
    'aten::scaled_dot_product_attention(%x, %x, %x, %n, %p, %f, %n, %f)',
    'aten::scaled_dot_product_attention(%x, %x, %x, %n, %0, %f, %n, %f)',
  ],
])('%s', (before, after) => {
  const { text, context } = run(setEvalMode, graphOf(`  %y : Tensor = ${before}`))
  new FileCheck()
    .check(after.includes('scaled') ? '%0 : float = prim::Constant[value=0.]()' : '%0 : bool = prim::Constant[value=0]()')
    .check(after)
    .run(text)
  const operator = /aten::(\w+)/.exec(before)![1]
  expect(context.notices.map(({ code, message }) => `${code} ${message}`)).toEqual([
    `PT3041 ${operator} was recorded in training mode; it is converted as in evaluation.`,
  ])
})

test.each([
  'aten::dropout(%x, %p, %f)',
  'aten::batch_norm(%x, %n, %n, %n, %n, %t, %p, %p, %t)',
  'aten::instance_norm(%x, %n, %n, %n, %n, %t, %p, %p, %t)',
  'aten::scaled_dot_product_attention(%x, %x, %x, %n, %z, %f, %n, %f)',
])('%s stays as it is', (kept) => {
  const { text, context, changed } = run(setEvalMode, graphOf(`  %y : Tensor = ${kept}`))
  expect(text).toContain(kept)
  expect(changed).toBe(false)
  expect(context.notices).toEqual([])
})

test('None stands for training in native_dropout, and places are counted', () => {
  const body =
    '  %a : Tensor, %b : Tensor = aten::native_dropout(%x, %p, %n)\n  %y : Tensor, %c : Tensor = aten::native_dropout(%a, %p, %t)'
  const { context } = run(setEvalMode, graphOf(body))
  expect(context.notices.map(({ message }) => message)).toEqual([
    'native_dropout was recorded in training mode at 2 places; it is converted as in evaluation.',
  ])
})

const TRACED = `  %norm : __torch__.Norm = prim::GetAttr[name="norm"](%self)
  %again : __torch__.Norm = prim::GetAttr[name="same"](%self)
  %mean : Tensor = prim::GetAttr[name="running_mean"](%norm)
  %var : Tensor = prim::GetAttr[name="running_var"](%norm)
  %count : Tensor = prim::GetAttr[name="num_batches_tracked"](%again)
  %counted : Tensor = aten::add_(%count, %i, %i)
  %y : Tensor = aten::batch_norm(%x, %n, %n, %mean, %var, %t, %p, %p, %t)`

test('a norm in evaluation counts no batches', () => {
  new FileCheck()
    .checkNot('aten::add_')
    .check('aten::batch_norm')
    .run(run(setEvalMode, graphOf(TRACED)).text)
  // Other counters are the code's own.
  const other = TRACED.replace('name="num_batches_tracked"', 'name="running_var"')
  new FileCheck()
    .check('aten::add_')
    .check('aten::batch_norm')
    .run(run(setEvalMode, graphOf(other)).text)
})

test('a norm that trains writes its statistics', () => {
  new FileCheck()
    .check('aten::_native_batch_norm_legit_functional(%x, %n, %n, %m, %v, %t, %p, %p)')
    .check('aten::copy_(%m, ')
    .check('aten::copy_(%v, ')
    .checkNot('aten::batch_norm')
    .run(run(updateStatistics, graphOf('  %y : Tensor = aten::batch_norm(%x, %n, %n, %m, %v, %t, %p, %p, %t)')).text)
  new FileCheck()
    .check('aten::copy_(%m, ')
    .check('aten::copy_(%v, ')
    .check('aten::instance_norm')
    .run(run(updateStatistics, graphOf('  %y : Tensor = aten::instance_norm(%x, %n, %n, %m, %v, %t, %p, %p, %t)')).text)
  for (const idle of ['%m, %v, %f', '%n, %n, %t'])
    expect(run(updateStatistics, graphOf(`  %y : Tensor = aten::batch_norm(%x, %n, %n, ${idle}, %p, %p, %t)`)).changed).toBe(false)
})
