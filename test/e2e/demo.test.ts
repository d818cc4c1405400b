// `npm run demo -- --once`, as a stranger starts it: every model converts, Node's prediction is PyTorch's, the playground answers.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { built } from '../bundlers/built.ts'
import { REPOSITORY } from '../bundlers/project.ts'
import { fixtures } from './fixtures.ts'

it('converts every model, predicts what PyTorch predicts, serves the playground, and ends', async () => {
  await built()
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(REPOSITORY, 'scripts/demo.ts'), '--once'], {
    cwd: REPOSITORY,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  })
  const count = fixtures().length
  expect(stdout).toContain(`${count} of ${count} models`)
  for (const { name } of fixtures()) expect(stdout).toContain(`${name}.pt `)
  expect(stdout).toMatch(/here {5}2\b[^]*PyTorch {2}2\b/)
  expect(stdout).toMatch(/Playground {2}http:\/\/localhost:\d+\//)
  expect(stderr).toBe('')
  expect(status).toBe(0)
}, 180_000)
