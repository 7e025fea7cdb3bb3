import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { scoreSentiment } from '../src/core/indicators/sentiment/vader.ts'
import { minimum } from '../src/core/math/extremes.ts'
import { seededRandom } from '../src/core/math/random.ts'
import { ensurePythonEnv } from '../src/operations/python_env.ts'
import { type BenchResult, cpuSeconds } from './measure.ts'

const [headlines, repetitions] = [20_000, 3]

/** What Python's VADER says of a set of texts. */
interface Scored {
  /** neg, neu, pos, compound of each. */
  scores: number[][]
  /** CPU seconds of each repetition. */
  seconds: number[]
}

/**
 * Made-up headlines, and seeded texts with emoji, capitals, negations and idioms, scored by Python's VADER and by ours in one run: CPU
 * seconds, best of three, and how many texts differ in any digit. `ratio` is the least over the sets: 5 is the gate.
 */
export async function benchVader(): Promise<BenchResult> {
  const sets = { headlines: makeHeadlines(), stress: stressTexts() }
  const { version, scored } = await scoreInPython(sets)
  const figures = Object.entries(sets).map(([name, texts], n) => {
    const { scores, seconds } = scored[n]
    const scoreAll = (): void => {
      for (const text of texts) scoreSentiment(text, '3.3.2')
    }
    scoreAll()
    const ours = minimum(Array.from({ length: repetitions }, () => cpuSeconds(scoreAll)))
    const differ = texts.filter((text, i) => {
      const { neg, neu, pos, compound } = scoreSentiment(text, '3.3.2')
      return scores[i].join() !== [neg, neu, pos, compound].join()
    }).length
    const theirs = minimum(seconds)
    const perSecond = { ours: Math.round(texts.length / ours), python: Math.round(texts.length / theirs) }
    return { name, texts: texts.length, ratio: Math.round((10 * theirs) / ours) / 10, per_cpu_s: perSecond, differ }
  })
  return {
    ...{ name: 'vader', ratio: minimum(figures.map(({ ratio }) => ratio)), ratios: {}, sets: figures },
    differ: figures.reduce((sum, { differ }) => sum + differ, 0),
    ...{ repetitions, python: version, node: process.version },
    load: loadavg().map(load => Math.round(load)),
  }
}

/** Of words with and without a valence, as financial headlines have them. */
function makeHeadlines(): string[] {
  const random = seededRandom(60)
  const words = (
    'shares stock profit loss growth strong weak fraud lawsuit gain falls rises record best worst not very hardly CEO quarter ' +
    'the of in after before on its amid forecast beats misses warning great crash but despite and market deal approval fears'
  ).split(' ')
  const word = (): string => words[Math.floor(random() * words.length)]
  return Array.from({ length: headlines }, () => {
    const text = Array.from({ length: 6 + Math.floor(8 * random()) }, word).join(' ')
    return `${text[0].toUpperCase()}${text.slice(1)}${random() < 0.1 ? '!' : ''}`
  })
}

function stressTexts(): string[] {
  const path = new URL('../test/fixtures/golden/vader_stress.json.gz', import.meta.url)
  return JSON.parse(gunzipSync(readFileSync(path)).toString()).texts
}

async function scoreInPython(sets: Record<string, string[]>): Promise<{ version: string; scored: Scored[] }> {
  const { python } = await ensurePythonEnv('oracles')
  const folder = mkdtempSync(join(tmpdir(), 'bench-vader-'))
  try {
    const [texts, out] = [join(folder, 'texts.json'), join(folder, 'scored.json')]
    writeFileSync(texts, JSON.stringify(Object.values(sets)))
    const script = fileURLToPath(new URL('vader_python.py', import.meta.url))
    execFileSync(python, [script, texts, out, String(repetitions)], { stdio: ['ignore', 'ignore', 'inherit'] })
    return JSON.parse(readFileSync(out, 'utf8'))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
