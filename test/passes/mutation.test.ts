// Every program of mutation/programs.py, functionalised. The resulting graphs are committed; mutation/check.py runs them in torch.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { parseGraph } from '../../src/ir/parser.ts'
import { printGraph } from '../../src/ir/printer.ts'
import { passContext } from '../../src/passes/pass.ts'
import { runPasses } from '../../src/passes/pass-manager.ts'
import { removeMutation } from '../../src/passes/remove-mutation.ts'

const folder = new URL('./mutation/', import.meta.url)
const programs = JSON.parse(readFileSync(new URL('programs.json', folder), 'utf8')) as { name: string; graph: string }[]

function functionalized(text: string): string {
  const graph = parseGraph(text)
  runPasses(graph, [removeMutation], passContext({ verify: true }))
  return printGraph(graph)
}

test('every program becomes one without writes', async () => {
  const problems: string[] = []
  let out = ''
  for (const { name, graph } of programs) {
    try {
      out += `# ${name}\n${functionalized(graph)}\n`
    } catch (error) {
      problems.push(`${name}: ${error instanceof CompileError ? error.message : String((error as Error).stack)}`)
    }
  }
  expect(problems.join('\n')).toBe('')
  await expect(out).toMatchFileSnapshot('./mutation/functionalized.txt')
})
