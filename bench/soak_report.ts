import { median } from './measure.ts'
import { theilSen } from './theil_sen.ts'

/** Memory and open files of a process at one moment. */
export interface Usage {
  /** Hours of market time since the beginning. */
  hours: number
  rssMib: number
  files: number
}

export interface ProcessVerdict {
  rss_mib: { first: number; last: number; largest: number }
  /** MiB an hour of market time, after the warm-up, with its 95 % interval. */
  slope_mib_per_hour: { slope: number; low: number; high: number }
  files: { first: number; last: number; largest: number }
  memory_flat: boolean
  files_flat: boolean
}

/** What is left out: code is compiled and look-backs fill. */
const warmUpShare = 0.4
const blocks = 20
const growthAllowed = 0.05

/**
 * Memory is flat when its slope cannot be told from 0, or amounts to less than 5 % of it over the time looked at; files are when
 * no more are open at the end than after the warm-up, two to spare.
 * @param usage in the order of time, at least 40 of them.
 */
export function judgeUsage(usage: Usage[]): ProcessVerdict {
  const kept = usage.slice(Math.floor(warmUpShare * usage.length))
  const points = Array.from({ length: blocks }, (_, block) => {
    const part = kept.slice(
      Math.floor((block * kept.length) / blocks),
      Math.floor(((block + 1) * kept.length) / blocks),
    )
    return { x: median(part.map(({ hours }) => hours)), y: median(part.map(({ rssMib }) => rssMib)) }
  })
  const slope = theilSen(points)
  const level = median(points.map(({ y }) => y))
  const growth = slope.slope * (points[blocks - 1].x - points[0].x)
  const files = kept.map(one => one.files)
  return {
    rss_mib: {
      first: round(points[0].y),
      last: round(points[blocks - 1].y),
      largest: round(Math.max(...usage.map(({ rssMib }) => rssMib))),
    },
    slope_mib_per_hour: { slope: round(slope.slope), low: round(slope.low), high: round(slope.high) },
    files: { first: files[0], last: files[files.length - 1], largest: Math.max(...files) },
    memory_flat: slope.low <= 0 || growth < growthAllowed * level,
    files_flat: files[files.length - 1] <= files[0] + 2,
  }
}

function round(value: number): number {
  return Math.round(10 * value) / 10
}
