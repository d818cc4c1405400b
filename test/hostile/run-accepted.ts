// Runs modules that were written for hostile files: `node run-accepted.ts CASE…` in their folder. Prints, as JSON by case, what `forward` of
// [[10, 20], [30, 40]] gives by position and by name; or the error. Stops at nothing but a polluted global.

import { pathToFileURL } from 'node:url'

type Net = ((x: unknown) => Promise<unknown>) & {
  readonly inputs: readonly { readonly name: string }[]
  named(names: object): Promise<unknown>
}

const x = { type: 'float32', data: Float32Array.of(10, 20, 30, 40), dims: [2, 2] }
const values = (y: unknown): unknown => {
  const data = (y as { readonly data?: Float32Array } | null)?.data
  return data === undefined ? 'no tensor' : [...data]
}
const results: Record<string, unknown> = {}
for (const name of process.argv.slice(2)) {
  try {
    const { default: net } = (await import(pathToFileURL(`${process.cwd()}/${name}/out/net.js`).href)) as { default: Net }
    const [input] = net.inputs
    const byName = Object.fromEntries([[input?.name ?? 'x', x]])
    results[name] = [values(await net(x)), values(await net.named(byName))]
  } catch (error) {
    results[name] = String(error)
  }
  if ('polluted' in globalThis || Object.keys(Object.prototype).length > 0) throw new Error(`${name} polluted the globals`)
}
console.log(JSON.stringify(results))
