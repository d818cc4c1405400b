import { expect, it } from 'vitest'
import { formatProblem, type Problem } from '../../src/diagnostics/compile-error.ts'
import { plainProblem } from '../../src/diagnostics/plain-problem.ts'

const lines = Array.from({ length: 40 }, (_, i) => `line ${i + 1} = ${'x'.repeat(i)}`)
const lazy = { name: 'net.py', text: lines.join('\n'), find: () => undefined }

it.each([0, 1, 2, 17, 37, 38, 39])('of line %i survives another thread, and reads the same', (index) => {
  const start = lines.slice(0, index).join('\n').length + (index > 0 ? 1 : 0)
  const range = { source: lazy, start, end: start + 4 }
  const problem: Problem = { code: 'PT3502', message: 'a message', range, calledFrom: [range], fix: 'a cure' }
  const plain = structuredClone(plainProblem(problem))
  expect(formatProblem(plain)).toBe(formatProblem(problem))
  expect(plain.range!.source.text.split('\n').length).toBeLessThanOrEqual(5)
})

it('prefers the line of the user', () => {
  const written = { source: { name: 'user.py', text: 'a\nb\nc' }, start: 2, end: 3 }
  const range = { source: lazy, start: 0, end: 4, generatedFrom: written }
  expect(formatProblem(plainProblem({ code: 'PT3502', message: 'm', range }))).toContain('user.py:2:0')
})
