// Every program of mutation (views, control, containers), functionalised. The resulting graphs are committed; mutation/make.py runs them in torch too.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { exitTransform } from '../../src/passes/exit-transform.ts'
import { passContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { removeMutation } from '../../src/passes/remove-mutation.ts'

const folder = new URL('./mutation/', import.meta.url)
const read = (file: string) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { name: string; graph: string }[]

function functionalized(text: string): string {
  const graph = parseGraph(text)
  runPasses(graph, [removeMutation], passContext({ verifyGraphs: true }))
  return printGraph(graph)
}

test('every program becomes one without writes', async () => {
  const problems: string[] = []
  let out = ''
  for (const { name, graph } of read('programs.json')) {
    try {
      out += `# ${name}\n${functionalized(graph)}\n`
    } catch (error) {
      problems.push(`${name}: ${error instanceof CompileError ? error.message : String((error as Error).stack)}`)
    }
  }
  expect(problems.join('\n')).toBe('')
  await expect(out).toMatchFileSnapshot('./functionalized/programs.txt')
})

test('random programs are right or refused', async () => {
  let out = ''
  let refused = 0
  for (const { name, graph: text } of read('random.json')) {
    const graph = parseGraph(text)
    const context = passContext({ verifyGraphs: true })
    try {
      runPasses(graph, [removeMutation, exitTransform], context)
      out += `# ${name}${context.raises.length === 0 ? '' : ` ${JSON.stringify(context.raises)}`}\n${printGraph(graph)}\n`
    } catch (error) {
      if (!(error instanceof CompileError)) throw error
      expect(['PT3001', 'PT3004']).toContain(error.code)
      out += `# ${name}\n${error.code}\n\n`
      refused++
    }
  }
  expect(refused).toBeLessThan(20)
  await expect(out).toMatchFileSnapshot('./functionalized/random.txt')
})

test.each([
  [
    'a list element that is written under another name',
    `graph(%x : Tensor, %n : int):
  %one : int = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %a : Tensor = aten::add(%x, %one, %one)
  %l : Tensor[] = prim::ListConstruct(%a)
  %u : Tensor[] = aten::append(%l, %x)
  %w : Tensor = aten::add_(%a, %one, %one)
  %e : Tensor = aten::__getitem__(%l, %zero)
  %r : (Tensor, Tensor) = prim::TupleConstruct(%e, %a)
  return (%r)`,
    /PT3001 .*enters a list or dict/,
  ],
  [
    'a reshape of a tensor whose strides are not known',
    `graph(%x : Tensor):
  %one : int = prim::Constant[value=1]()
  %m : int = prim::Constant[value=-1]()
  %s : int[] = prim::ListConstruct(%m)
  %t : Tensor = aten::t(%x)
  %v : Tensor = aten::reshape(%t, %s)
  %w : Tensor = aten::add_(%v, %one, %one)
  return (%x)`,
    /PT3001 .*aten::reshape gives a view or a copy/,
  ],
  [
    'overlapping windows',
    `graph(%x : Tensor):
  %zero : int = prim::Constant[value=0]()
  %one : int = prim::Constant[value=1]()
  %two : int = prim::Constant[value=2]()
  %v : Tensor = aten::unfold(%x, %zero, %two, %one)
  %w : Tensor = aten::add_(%v, %one, %one)
  return (%x)`,
    /PT3002 .*aten::add_ writes through aten::unfold/,
  ],
  [
    'an operator without a functional form',
    `graph(%x : Tensor, %y : Tensor):
  %w : Tensor = aten::set_(%x, %y)
  return (%x)`,
    /PT3003 .*aten::set_/,
  ],
  [
    'an element that is used after its list changed',
    `graph(%x : Tensor, %i : int):
  %one : int = prim::Constant[value=1]()
  %a : Tensor = aten::add(%x, %one, %one)
  %l : Tensor[] = prim::ListConstruct(%a)
  %e : Tensor = aten::__getitem__(%l, %i)
  %b : Tensor = aten::neg(%x)
  %u : Tensor[] = aten::append(%l, %b)
  %w : Tensor = aten::add_(%e, %one, %one)
  %r : (Tensor[], Tensor) = prim::TupleConstruct(%l, %e)
  return (%r)`,
    /PT3004 /,
  ],
  [
    'a variable of a loop that shares memory with another',
    `graph(%x : Tensor, %n : int):
  %t : bool = prim::Constant[value=1]()
  %one : int = prim::Constant[value=1]()
  %y : Tensor = prim::Loop(%n, %t, %x)
    block0(%i : int, %c : Tensor):
      %w : Tensor = aten::add_(%c, %one, %one)
      %f : Tensor = aten::neg(%w)
      -> (%t, %f)
  %r : (Tensor, Tensor) = prim::TupleConstruct(%x, %y)
  return (%r)`,
    /PT3001 .*a loop carries 'c' that shares memory/,
  ],
])('refuses %s', (_name, text, message) => {
  expect(() => functionalized(text)).toThrow(message)
})
