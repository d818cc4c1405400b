// The pass explorer as one HTML file: script, styles and data inside, nothing from elsewhere. Its policy allows these and nothing else, whatever a model's texts say.

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { NoRunData, RunData } from './page-data.ts'
import type { Exploration } from '../compiler/explore/types.ts'

/** The page's text. `run`: what it runs the model with, or why it does not. */
export function explorerPage(exploration: Exploration, run?: RunData | NoRunData): string {
  const script = inlined('explorer-inline.txt').replaceAll('</script', '<\\/script')
  const styles = `${PAGE_STYLES}${inlined('explorer-inline.css')}`
  // Only a page that runs its model makes modules of what it holds.
  const running = run === undefined || 'reason' in run ? ['', ''] : [` blob: 'wasm-unsafe-eval'`, ' connect-src blob:;']
  const policy = `default-src 'none'; script-src '${hashOf(script)}'${running[0]!};${running[1]!} style-src '${hashOf(styles)}'; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="color-scheme" content="light dark">
<title>${escaped(basename(exploration.file).slice(0, 200))} · unplugin-torch</title>
<style>${styles}</style>
</head>
<body>
<div id="app"></div>
<noscript>This page shows its model with JavaScript.</noscript>
<script type="application/json" id="exploration">${jsonText(exploration)}</script>${run === undefined ? '' : `\n<script type="application/json" id="run">${jsonText(run)}</script>`}
<script>${script}</script>
</body>
</html>
`
}

const PAGE_STYLES = ':root{color-scheme:light dark}html,body{height:100%;margin:0}#app{height:100%}'

/** Of JSON only texts hold this character, so nothing in it can end the element. */
const jsonText = (value: object): string => JSON.stringify(value).replaceAll('<', '\\u003c')

const hashOf = (text: string): string => `sha256-${createHash('sha256').update(text).digest('base64')}`

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`)

/** Made by tsup.config.ts. */
function inlined(file: string): string {
  return readFileSync(new URL(import.meta.url.endsWith('.ts') ? `../../dist/${file}` : `./${file}`, import.meta.url), 'utf8').trimEnd()
}
