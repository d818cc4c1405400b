// What `npm test` runs, from a clean clone: a Chromium is found or installed, then types, lint, the build, the checks of the package, and every test.
// Nothing is skipped: what cannot be had ends the run and says what to do.

import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium } from '../test/bundlers/browser.ts'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules/.bin')
const separator = process.platform === 'win32' ? ';' : ':'
const env: NodeJS.ProcessEnv = { ...process.env, PATH: `${bin}${separator}${process.env['PATH'] ?? ''}` }

function run(command: string, ...args: string[]): SpawnSyncReturns<Buffer> {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', env, shell: process.platform === 'win32' })
}

function step(name: string, command: string, ...args: string[]): void {
  const started = performance.now()
  console.log(`\n▸ ${name}`)
  const { status, error } = run(command, ...args)
  if (status !== 0) {
    console.error(`\n✗ ${name} failed${error === undefined ? '' : `: ${error.message}`}`)
    process.exit(1)
  }
  console.log(`✓ ${name}, ${((performance.now() - started) / 1000).toFixed(1)} s`)
}

/** Debian and its kin, as a superuser: a container or a CI machine. */
function canInstall(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
}

function chromium(): string {
  const found = findChromium()
  if (found !== undefined) return found
  if (canInstall()) {
    console.log('No Chromium here; installing the package chromium.')
    run('apt-get', 'update')
    run('apt-get', 'install', '-y', '--no-install-recommends', 'chromium')
    const installed = findChromium()
    if (installed !== undefined) return installed
  }
  console.error(
    [
      'The tests run the built bundles in a browser, and no Chromium was found.',
      'Install one, for example:',
      '  Debian, Ubuntu   sudo apt-get install chromium',
      '  macOS            brew install --cask chromium',
      '  anything         npx playwright-core install chromium',
      'or name one: CHROMIUM_PATH=/path/to/chrome npm test',
    ].join('\n'),
  )
  process.exit(1)
}

env['CHROMIUM_PATH'] = chromium()
console.log(`Chromium: ${env['CHROMIUM_PATH']}`)
step('types', 'tsc', '--noEmit')
step('lint', 'oxlint')
step('format', 'oxfmt', '--check')
step('build', 'tsup')
step('package: publint', 'publint', '--strict')
step('package: types resolve', 'attw', '--pack', '.', '--profile', 'esm-only')
step('tests', 'vitest', 'run', ...process.argv.slice(2))
