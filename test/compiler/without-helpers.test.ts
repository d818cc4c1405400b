// A method beside forward that cannot be converted: left out with a notice, unless it was asked for or forward fails too.

import { expect, test } from 'vitest'
import type { CompiledMethod } from '../../src/compiler/compile-methods.ts'
import type { CompileOptions } from '../../src/compiler/compile.ts'
import { withoutHelpers } from '../../src/compiler/without-helpers.ts'
import { fail } from '../../src/diagnostics/compile-error.ts'
import type { ScriptModule } from '../../src/frontend/import-script.ts'

const script = { methods: ['forward', 'encode', 'pool', 'decode'] } as unknown as ScriptModule

/** A compiler that cannot convert the methods named. */
const without =
  (...broken: string[]) =>
  ({ methods = script.methods }: CompileOptions) => {
    for (const name of methods) if (broken.includes(name)) fail('PT3106', `${name} makes a str that is known only at run time.`)
    return Promise.resolve({ methods: methods.map((name) => ({ signature: { name }, notices: [] }) as unknown as CompiledMethod) })
  }
const names = ({ methods }: { readonly methods: readonly CompiledMethod[] }) => methods.map(({ signature }) => signature.name)

test('what converts is kept, and a notice tells of the rest', async () => {
  const built = await withoutHelpers(script, { file: 'net.pt' }, without('pool'))
  expect(names(built)).toEqual(['forward', 'encode', 'decode'])
  expect(built.methods[0]!.notices).toMatchObject([
    { code: 'PT3902', message: expect.stringMatching(/'pool' is left out.*known only at run time \(PT3106\)/) as string },
  ])
})

test('nothing is left out where all converts', async () => {
  const built = await withoutHelpers(script, { file: 'net.pt' }, without())
  expect(names(built)).toEqual(script.methods)
  expect(built.methods[0]!.notices).toEqual([])
})

test('a broken forward, and a broken method that was asked for, are errors', async () => {
  await expect(withoutHelpers(script, { file: 'net.pt' }, without('forward', 'pool'))).rejects.toMatchObject({ code: 'PT3106' })
  await expect(withoutHelpers(script, { file: 'net.pt', methods: ['forward', 'pool'] }, without('pool'))).rejects.toMatchObject({
    code: 'PT3106',
  })
})
