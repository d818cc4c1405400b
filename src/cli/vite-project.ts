// The plugin's options in a project's Vite configuration: `types` then writes what a build would. Other bundlers' configurations are programs of
// their own and are not looked into.

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { fail } from '../diagnostics/compile-error.ts'
import type { ResolvedPluginOptions } from '../plugin/options.ts'

const NAMES = ['js', 'mjs', 'ts', 'cjs', 'mts', 'cts'].map((extension) => `vite.config.${extension}`)

export interface ViteProject {
  /** Vite's `root`: what the keys of `models` are relative to. */
  readonly root: string
  readonly options: ResolvedPluginOptions
}

/** Undefined where `folder` has no Vite configuration, or one without the plugin. Throws PT6052 for one that cannot be loaded. */
export async function viteProject(folder: string): Promise<ViteProject | undefined> {
  const name = NAMES.find((candidate) => existsSync(join(folder, candidate)))
  if (name === undefined) return undefined
  try {
    const path = createRequire(join(folder, 'package.json')).resolve('vite')
    const { loadConfigFromFile } = (await import(pathToFileURL(path).href)) as typeof import('vite')
    const loaded = await loadConfigFromFile({ command: 'build', mode: 'production' }, join(folder, name), folder, 'silent')
    const options = (await flatten(loaded?.config.plugins)).map(optionsOf).find((found) => found !== undefined)
    return options === undefined ? undefined : { root: resolve(folder, loaded?.config.root ?? '.'), options }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0]! : String(error)
    return fail('PT6052', `${name} cannot be loaded: ${reason}`, {
      fix: 'mend it; a build with the plugin writes the declarations too.',
    })
  }
}

async function flatten(plugins: unknown): Promise<unknown[]> {
  const value = await plugins
  return Array.isArray(value) ? (await Promise.all(value.map(flatten))).flat() : [value]
}

function optionsOf(plugin: unknown): ResolvedPluginOptions | undefined {
  const { name, api } = (typeof plugin === 'object' && plugin !== null ? plugin : {}) as {
    readonly name?: string
    readonly api?: { readonly options: ResolvedPluginOptions }
  }
  return name === 'unplugin-torch' ? api?.options : undefined
}
