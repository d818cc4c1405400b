// Every program of mutation/raising.py without its exceptions. The resulting graphs are committed; mutation/make.py runs them in torch too.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { eliminateDeadCode } from '../../src/passes/eliminate-dead-code.ts'
import { exitTransform } from '../../src/passes/exit-transform.ts'
import { passContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { removeMutation } from '../../src/passes/remove-mutation.ts'
import { FileCheck } from '../support/file-check.ts'

const folder = new URL('./mutation/', import.meta.url)
const programs = JSON.parse(readFileSync(new URL('raising.json', folder), 'utf8')) as { name: string; graph: string }[]

function transformed(text: string) {
  const graph = parseGraph(text)
  const context = passContext({ verifyGraphs: true })
  runPasses(graph, [removeMutation, exitTransform, eliminateDeadCode], context)
  return { text: printGraph(graph), context, graph }
}

test('every program becomes one that gives a code', async () => {
  const problems: string[] = []
  let out = ''
  for (const { name, graph } of programs) {
    try {
      const { text, context } = transformed(graph)
      expect(text).not.toContain('RaiseException')
      out += `# ${name} ${JSON.stringify(context.raises)}\n${text}\n`
    } catch (error) {
      problems.push(`${name}: ${error instanceof CompileError ? error.message : String((error as Error).stack)}`)
    }
  }
  expect(problems.join('\n')).toBe('')
  await expect(out).toMatchFileSnapshot('./functionalized/raising.txt')
})

test('the rest of a block moves into the branch that does not raise', () => {
  const { text, context } = transformed(`graph(%x : Tensor, %c : bool):
  %m : str = prim::Constant[value="bad"]()
  %e : str = prim::Constant[value="builtins.ValueError"]()
   = prim::If(%c)
    block0():
       = prim::RaiseException(%m, %e)
      -> ()
    block1():
      -> ()
  %y : Tensor = aten::neg(%x)
  return (%y)`)
  expect(context.raises).toEqual([{ type: 'ValueError', message: 'bad' }])
  expect(context.error).toBe(1)
  new FileCheck()
    .check('prim::If(%c)')
    .check('block0')
    .check(' : Tensor = prim::Uninitialized()')
    .check('block1')
    .check('aten::neg(%x)')
    .checkNot('aten::neg')
    .check('return')
    .run(text)
})

test('what a message says at run time is left open, with a notice', () => {
  const { context } = transformed(`graph(%n : int):
  %m : str = prim::Constant[value="row {} of {}"]()
  %two : int = prim::Constant[value=2]()
  %none : NoneType = prim::Constant()
  %s : str = aten::format(%m, %n, %two)
   = prim::RaiseException(%s, %none)
  return (%n)`)
  expect(context.raises).toEqual([{ type: 'RuntimeError', message: 'row {} of 2' }])
  expect(context.notices.map(({ code }) => code)).toEqual(['PT3030'])
})

test('a graph that does not raise is left alone', () => {
  const { context, graph } = transformed('graph(%x : Tensor):\n  %y : Tensor = aten::neg(%x)\n  return (%y)')
  expect(context.error).toBeUndefined()
  expect(graph.outputs).toHaveLength(1)
})
