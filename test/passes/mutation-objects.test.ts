// Class instances, forks and with-blocks. The graphs made of mutation/objects.py are committed; mutation/make.py runs them in torch too.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { dropMessages } from '../../src/passes/drop-messages.ts'
import { inlineFork } from '../../src/passes/inline-fork.ts'
import { lowerObjects } from '../../src/passes/lower-objects.ts'
import { lowerWith } from '../../src/passes/lower-with.ts'
import { passContext, type Pass } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { removeMutation } from '../../src/passes/remove-mutation.ts'
import { FileCheck } from '../support/file-check.ts'

const folder = new URL('./mutation/', import.meta.url)
const programs = JSON.parse(readFileSync(new URL('objects.json', folder), 'utf8')) as { name: string; graph: string }[]

function run(text: string, passes: readonly Pass[]) {
  const graph = parseGraph(text)
  const context = passContext({ verifyGraphs: true })
  runPasses(graph, passes, context)
  return { text: printGraph(graph), context }
}

test('every program becomes one without objects', async () => {
  const problems: string[] = []
  let out = ''
  for (const { name, graph } of programs) {
    try {
      const { text } = run(graph, [inlineFork, lowerWith, lowerObjects, removeMutation])
      expect(text).not.toMatch(/CreateObject|GetAttr|SetAttr|Enter|Exit/)
      out += `# ${name}\n${text}\n`
    } catch (error) {
      problems.push(`${name}: ${error instanceof CompileError ? error.message : String((error as Error).stack)}`)
    }
  }
  expect(problems.join('\n')).toBe('')
  await expect(out).toMatchFileSnapshot('./functionalized/objects.txt')
})

test('an object that is not known is an error', () => {
  const choose = `graph(%c : bool, %n : int):
  %a : __torch__.C = prim::CreateObject()
  %b : __torch__.C = prim::CreateObject()
   = prim::SetAttr[name="n"](%a, %n)
   = prim::SetAttr[name="n"](%b, %n)
  %o : __torch__.C = prim::If(%c)
    block0():
      -> (%a)
    block1():
      -> (%b)
  %m : int = prim::GetAttr[name="n"](%o)
  return (%m)`
  expect(() => run(choose, [lowerObjects])).toThrow(/PT3024 .*attribute 'n' is accessed on an object that is not known/)
  const stale = `graph(%n : int):
  %t : bool = prim::Constant[value=1]()
  %z : __torch__.C[] = prim::ListConstruct()
  %zero : int = prim::Constant[value=0]()
   = prim::Loop(%n, %t)
    block0(%i : int):
      %a : __torch__.C = prim::CreateObject()
       = prim::SetAttr[name="n"](%a, %i)
      %u : __torch__.C[] = aten::append(%z, %a)
      -> (%t)
  %o : __torch__.C = aten::__getitem__(%z, %zero)
  %m : int = prim::GetAttr[name="n"](%o)
  return (%m)`
  expect(() => run(stale, [lowerObjects])).toThrow(/PT3024/)
})

test('forks run in place, also out of lists', () => {
  const { text } = run(
    `graph(%x : Tensor, %n : int):
  %t : bool = prim::Constant[value=1]()
  %zero : int = prim::Constant[value=0]()
  %f : Future(Tensor) = prim::fork[Subgraph=prim::fork_0](%x)
  %l : Future(Tensor)[] = prim::ListConstruct(%f)
  %g : Future(Tensor) = aten::__getitem__(%l, %zero)
  %y : Tensor = aten::wait(%g)
  return (%y)
with prim::fork_0 = graph(%a : Tensor):
  %b : Tensor = aten::neg(%a)
  return (%b)`,
    [inlineFork],
  )
  new FileCheck()
    .checkNot('fork')
    .check(' : Tensor = aten::neg(%x)')
    .check('%l : Tensor[] = prim::ListConstruct(')
    .check('%g : Tensor = aten::__getitem__(%l, %zero)')
    .check('return (%g)')
    .run(text)
})

test('with-blocks about gradients go, others are errors; messages go', () => {
  const text = (name: string) => `graph(%x : Tensor):
  %s : str = prim::Constant[value="hello"]()
  %o : ${name} = prim::CreateObject()
  %e : NoneType = prim::Enter(%o)
  %y : Tensor = aten::neg(%x)
   = prim::Print(%s)
  %r : NoneType = prim::Exit(%o)
  return (%y)`
  const { text: after, context } = run(text('__torch__.torch.autograd.grad_mode.no_grad'), [lowerWith, dropMessages])
  expect(after).not.toMatch(/Enter|Exit|Print/)
  expect(context.notices.map(({ code }) => code)).toEqual(['PT3031'])
  expect(() => run(text('__torch__.Timer'), [lowerWith])).toThrow(/PT3025 .*__torch__\.Timer/)
})
