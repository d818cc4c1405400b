// A task that is asked for faster than it runs: one at a time, and only the newest question waits.

/** The returned function never waits; what `task` throws goes to `failed`. */
export function latest<T>(task: (question: T) => Promise<void>, failed: (error: unknown) => void): (question: T) => void {
  let next: { readonly question: T } | undefined
  let running = false
  const run = async (): Promise<void> => {
    running = true
    try {
      while (next !== undefined) {
        const { question } = next
        next = undefined
        await task(question)
      }
    } catch (error) {
      failed(error)
    } finally {
      running = false
    }
  }
  return (question) => {
    next = { question }
    if (!running) void run()
  }
}
