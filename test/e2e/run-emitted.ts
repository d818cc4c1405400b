// A plain Node process over modules that `convert` wrote: `node run-emitted.ts FOLDER NAME…` prints the runs of their goldens as JSON.
// NAME is `<name>/<stem>`; FOLDER holds each model's files and golden under that name.

import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { runGolden, type FixtureRun, type GoldenText, type ModelModule } from './wire.ts'

const [folder = '', ...names] = process.argv.slice(2)
const runs: Record<string, FixtureRun | { failed: string }> = {}
for (const name of names) {
  try {
    const module = (await import(pathToFileURL(`${folder}/${name}.js`).href)) as ModelModule
    runs[name] = await runGolden(module, JSON.parse(readFileSync(`${folder}/${name}.json`, 'utf8')) as GoldenText)
  } catch (error) {
    runs[name] = { failed: String((error as Error).stack ?? error) }
  }
}
process.stdout.write(JSON.stringify(runs))
