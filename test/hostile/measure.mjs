// Preloaded into a process: at its end, writes its peak memory and the processor time of its first thread to the file that MEASURE_FILE names.

import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS } = process.resourceUsage()
  const { user, system } = process.threadCpuUsage()
  writeFileSync(process.env.MEASURE_FILE, JSON.stringify({ peakBytes: maxRSS * 1024, milliseconds: (user + system) / 1000 }))
})
