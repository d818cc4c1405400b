// A conversion thread that misbehaves as the job's file name says.

import { parentPort } from 'node:worker_threads'
import { entry } from './cache-entry.ts'

parentPort?.on('message', ({ file }: { readonly file: string }) => {
  if (file === 'exits') process.exit(7)
  if (file === 'throws') throw new Error('a bug')
  if (file === 'out of memory') {
    const held: unknown[] = []
    for (;;) held.push(Array.from({ length: 1e5 }, Math.random))
  }
  if (file === 'fails') parentPort?.postMessage({ problems: [{ code: 'PT6010', message: 'told' }] })
  else if (file !== 'hangs') parentPort?.postMessage({ model: entry(1, 10) })
})
