// What bundlers are told of a problem: all of it in the message, and no path that the model's archive names.

import { expect, test } from 'vitest'
import { CompileError } from '../../src/diagnostics/compile-error.ts'
import { bundlerError } from '../../src/plugin/model-module.ts'

const range = { source: { name: '/etc/hostname', text: 'y = f(x)\n' }, start: 4, end: 8 }

test('the frame is in the message; the file that the archive names is not opened', () => {
  const error = new CompileError([
    { code: 'PT4001', message: 'operator aten::f is not supported.', fix: 'leave it out.', file: 'src/net.pt', range },
    { code: 'PT4001', message: 'operator aten::g is not supported.', file: 'src/net.pt' },
  ])
  const told = bundlerError(error, '/app/src/net.pt')
  expect(Object.keys(told).sort()).toEqual(['id', 'message', 'stack'])
  expect(told.id).toBe('/app/src/net.pt')
  expect(told.stack).toBe('')
  expect(told.message).toContain('~~~~ <--- HERE')
  expect(told.message).toContain('Fix: leave it out.')
  expect(told.message).toContain('aten::g')
})

test('a bug of ours keeps its stack', () => {
  const error = new Error('an invariant does not hold')
  expect(bundlerError(error, 'x')).toEqual({ message: error.message, id: 'x', stack: error.stack })
})
