import type { Durations } from './durations.ts'

/** One metric with all its samples, as Prometheus knows it. */
export interface Metric {
  /** Without the prefix `spike60_`; counters end in `_total`, units are seconds and bytes. */
  name: string
  help: string
  type: 'counter' | 'gauge' | 'histogram'
  samples: Sample[]
}

export interface Sample {
  labels?: Record<string, string>
  value: number
  /** Of a histogram. */
  part?: 'bucket' | 'sum' | 'count'
}

/** A counter, of one sample or of one a label value. */
export function counter(name: string, help: string, ...samples: (Sample | number)[]): Metric {
  return { name, help, type: 'counter', samples: samples.map(asSample) }
}

/** A gauge, of one sample or of one a label value. */
export function gauge(name: string, help: string, ...samples: (Sample | number)[]): Metric {
  return { name, help, type: 'gauge', samples: samples.map(asSample) }
}

/** How long something took, in seconds, or each of several under labels of its own. */
export function histogram(name: string, help: string, ...timed: Timed[]): Metric {
  const samples = timed.flatMap(({ labels, durations }): Sample[] => [
    ...durations.cumulative().map(
      ({ le, count }): Sample => ({
        ...{ part: 'bucket', labels: { ...labels, le: renderValue(le) }, value: count },
      }),
    ),
    { part: 'sum', labels, value: durations.seconds },
    { part: 'count', labels, value: durations.count },
  ])
  return { name, help, type: 'histogram', samples }
}

interface Timed {
  labels?: Record<string, string>
  durations: Durations
}

/** Samples of counts by name, each with its name as the label. */
export function byLabel(label: string, counts: Record<string, number>): Sample[] {
  return Object.entries(counts).map(([name, value]) => ({ labels: { [label]: name }, value }))
}

/** Prometheus's text format, version 0.0.4. */
export function renderMetrics(metrics: Metric[]): string {
  return metrics
    .map(({ name, help, type, samples }) => {
      const full = `spike60_${name}`
      const lines = samples.map(
        ({ part, labels, value }) => `${full}${part ? `_${part}` : ''}${renderLabels(labels)} ${renderValue(value)}\n`,
      )
      return `# HELP ${full} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${full} ${type}\n${lines.join('')}`
    })
    .join('')
}

function asSample(sample: Sample | number): Sample {
  return typeof sample === 'number' ? { value: sample } : sample
}

function renderLabels(labels: Record<string, string> = {}): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escapeLabel(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escapeLabel(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}

function renderValue(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return value === Number.POSITIVE_INFINITY ? '+Inf' : value === Number.NEGATIVE_INFINITY ? '-Inf' : `${value}`
}
