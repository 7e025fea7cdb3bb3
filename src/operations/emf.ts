import type { Metric, Sample } from './metrics.ts'
import { processMetrics } from './process_metrics.ts'

const everyMs = 60_000

/**
 * Metrics as lines of CloudWatch's embedded metric format, one for each set of labels, which the agent or a Lambda's log makes
 * metrics of. Counters are told as what came since the lines before; histograms by their counts and sums.
 */
export class EmfLines {
  private readonly before = new Map<string, number>()
  private readonly job: string

  constructor(job: string) {
    this.job = job
  }

  /** @param now milliseconds since the epoch. */
  next(metrics: Metric[], now: number): string[] {
    const lines = new Map<
      string,
      { labels: Record<string, string>; values: Record<string, number>; units: { Name: string; Unit: string }[] }
    >()
    for (const { name, type, samples } of metrics)
      for (const sample of samples.filter(({ part }) => part !== 'bucket')) {
        const labels = { job: this.job, ...sample.labels }
        const key = JSON.stringify(labels)
        const full = sample.part ? `${name}_${sample.part}` : name
        const value = type === 'gauge' ? sample.value : this.since(`${full} ${key}`, sample)
        if (!Number.isFinite(value)) continue
        if (!lines.has(key)) lines.set(key, { labels, values: {}, units: [] })
        const line = lines.get(key)!
        line.values[full] = value
        line.units.push({ Name: full, Unit: unitOf(full) })
      }
    return [...lines.values()].map(({ labels, values, units }) => {
      const CloudWatchMetrics = [{ Namespace: 'spike60', Dimensions: [Object.keys(labels)], Metrics: units }]
      return JSON.stringify({ _aws: { Timestamp: Math.round(now), CloudWatchMetrics }, ...labels, ...values })
    })
  }

  /** What a count has grown by; all of it where it has begun anew. */
  private since(key: string, { value }: Sample): number {
    const before = this.before.get(key) ?? 0
    this.before.set(key, value)
    return value >= before ? value - before : value
  }
}

function unitOf(name: string): string {
  if (/timestamp/.test(name)) return 'None'
  if (/_seconds(_total|_sum)?$/.test(name)) return 'Seconds'
  if (/_bytes(_total)?$/.test(name)) return 'Bytes'
  return /_(total|count|records|files)$/.test(name) ? 'Count' : 'None'
}

/** Writes a job's metrics to standard output, once a minute and at the end. @returns what ends it. */
export function writeEmf(job: string, metrics: () => Metric[]): () => void {
  const lines = new EmfLines(job)
  const write = (): void => {
    const now = Date.now()
    process.stdout.write(
      lines
        .next([...metrics(), ...processMetrics()], now)
        .map(line => `${line}\n`)
        .join(''),
    )
  }
  const timer = setInterval(write, everyMs)
  timer.unref()
  return () => {
    clearInterval(timer)
    write()
  }
}
