// The fixpoint: every pass sees the graph after the last change, and none runs again on a graph that it found nothing to do in.

import { expect, test } from 'vitest'
import { Graph } from '../../src/ir/graph.ts'
import { definePass, passContext, type Pass } from '../../src/passes/pass.ts'
import { runToFixpoint } from '../../src/passes/pass-manager.ts'

function run(...plans: readonly (readonly boolean[])[]): { readonly order: string; readonly changed: boolean } {
  const order: string[] = []
  const passes = plans.map((plan, i): Pass => {
    let runs = 0
    const name = 'abc'[i]!
    return definePass({
      name,
      doc: '',
      run: () => {
        order.push(name)
        return plan[runs++] ?? false
      },
    })
  })
  return { changed: runToFixpoint(new Graph(), passes, passContext()), order: order.join('') }
}

test('nothing to do: each runs once', () => {
  expect(run([], [], [])).toEqual({ order: 'abc', changed: false })
})
test('a change lets all others run again, and itself', () => {
  expect(run([true], [], [])).toEqual({ order: 'abca', changed: true })
  expect(run([], [true], [])).toEqual({ order: 'abcab', changed: true })
  expect(run([], [], [true, true])).toEqual({ order: 'abcabcabc', changed: true })
})
test('passes that never settle are a bug of ours', () => {
  expect(() =>
    run(
      Array.from({ length: 99 }, () => true),
      [],
      [],
    ),
  ).toThrow('do not settle')
})
