// What a run of a host program came to, in the form that make.py writes.

import { vi } from 'vitest'
import type { Coded } from './value.ts'

export interface Case {
  readonly inputs: readonly Coded[]
  readonly result?: Coded
  readonly error?: { readonly type: string; readonly message: string }
  readonly printed?: string
}

/** torch tells assertions as RuntimeErrors that say so. */
export function asPython({ type, message }: { readonly type: string; readonly message: string }): object {
  const assertion = /^AssertionError: ?/.exec(message)
  return assertion === null ? { type, message } : { type: 'AssertionError', message: message.slice(assertion[0].length) }
}

export async function outcome(run: () => Promise<unknown>): Promise<object> {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void lines.push(line))
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
  const printed = (): object => (lines.length === 0 ? {} : { printed: lines.map((line) => `${line}\n`).join('') })
  try {
    return { result: await run(), ...printed() }
  } catch (error) {
    const { name, message, stack, code } = error as Error & { readonly code?: string }
    // Only what the model raises: a mistake of ours shows as it is.
    return code === 'PT5301' ? { error: { type: name, message }, ...printed() } : { bug: stack }
  } finally {
    log.mockRestore()
    warn.mockRestore()
  }
}
