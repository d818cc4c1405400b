// Preloaded into a process: at its end, writes its peak memory and processor time to the file that MEASURE_FILE names.

import { writeFileSync } from 'node:fs'

process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage()
  writeFileSync(process.env.MEASURE_FILE, JSON.stringify({ peakBytes: maxRSS * 1024, milliseconds: (userCPUTime + systemCPUTime) / 1000 }))
})
