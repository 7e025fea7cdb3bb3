import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import type { Config } from '../../config.ts'
import { decodeAlert } from '../../core/indicators/alerts/alert_row.ts'
import { writeFileAtomically } from '../../files/atomic.ts'
import { readText } from '../../files/read_text.ts'
import { deskPaths } from '../../run_paths.ts'
import type { Streams } from '../../streams/port.ts'
import { type KeepOptions, runOnce } from './keep_running.ts'
import { configOf } from './parts.ts'

export interface ChallengerOptions extends Pick<KeepOptions, 'logFile' | 'stop' | 'onState'> {
  config: Config
  configFile?: string
  out: string
  topics: string
  streams: Streams
}

const waitMs = 1000

/**
 * Asks for a challenger when an alert says that the champion does worse than EWMA, where the config says so: at most once in so
 * many hours, over starts too. Alerts of before this start ask for nothing.
 */
export async function askOnAlert(options: ChallengerOptions): Promise<void> {
  const { config, streams, stop } = options
  if (!config.retrain.on_alert) return
  const topic = config.topics.alerts.name
  const reader = await streams.reader(topic, await streams.ends(topic))
  try {
    while (!stop.aborted) {
      const records = await reader.poll(1000, 0)
      const rules = records.map(({ value }) => decodeAlert(value.toString())?.rule)
      if (rules.includes('model_score')) await ask(options)
      if (records.length === 0) await delay(waitMs, undefined, { signal: stop }).catch(() => {})
    }
  } finally {
    await reader.close()
  }
}

async function ask({ config, configFile, out, topics, logFile, stop, onState }: ChallengerOptions): Promise<void> {
  const note = join(out, deskPaths.asked)
  const now = Date.now()
  const { least_hours } = config.retrain
  if (!mayAsk(askedAt(note), now, least_hours)) {
    onState('waits', `a challenger was asked for less than ${least_hours} h ago`)
    return
  }
  await writeFileAtomically(note, `${JSON.stringify({ asked_at: now })}\n`)
  onState('runs', 'fits a challenger and judges it beside the champion')
  const code = await runOnce({ name: 'retrain', does: '', args: askFor({ out, topics, configFile }) }, logFile, stop)
  if (!stop.aborted) onState('ended', code === 0 ? `what became of it: ${logFile}` : `with ${code}: see ${logFile}`)
}

/** The command that asks for a challenger on what a desk has recorded. */
export function askFor({
  out,
  topics,
  configFile,
}: Pick<ChallengerOptions, 'out' | 'topics' | 'configFile'>): string[] {
  return [
    'retrain',
    '--raw',
    join(out, deskPaths.raw, '*.ndjson'),
    '--out',
    out,
    '--topics',
    topics,
    ...configOf(configFile),
  ]
}

/** Whether enough time has passed. @param asked_at and `now` in milliseconds; null where nobody has asked. */
export function mayAsk(asked_at: number | null, now: number, least_hours: number): boolean {
  return asked_at === null || now - asked_at >= 3_600_000 * least_hours
}

const noteForm = z.object({ asked_at: z.number() })

function askedAt(note: string): number | null {
  return existsSync(note) ? noteForm.parse(JSON.parse(readText(note))).asked_at : null
}
