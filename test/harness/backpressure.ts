import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { readConfig } from '../../src/config.ts'
import type { MarketEvent } from '../../src/core/events/event.ts'
import { openStreams } from '../../src/streams/open.ts'
import { readAll } from '../../src/streams/read_all.ts'
import { startTestBroker } from './kafka/broker.ts'
import { startVictim } from './victim.ts'

export interface Pressure {
  /** Events a second that the exchange sends, whatever happens. */
  rate: number
  /** How long before the broker is gone, how long it is, how long the exchange goes on afterwards. */
  beforeS: number
  outageS: number
  afterS: number
  /** `stall`: the broker keeps its connections and answers nothing; `stop`: it ends and is started again. */
  manner: 'stall' | 'stop'
}

export interface Relief {
  sent: number
  /** Records on the topic; those that are not the one after the last of their product. */
  published: number
  misplaced: number
  /** Frames that the exchange's numbering shows as lost. */
  gaps: number
  /** Of the ingestor, highest, in MB. */
  peakRssMb: number
  /** From the end of the market until everything was published. */
  drainedAfterS: number
  /** How often the ingestor said that it cannot publish. */
  warnings: number
  exit: number | null
}

/** An ingestor under load whose broker goes away and comes back. Needs Linux for the memory figure. */
export async function pressIngestor({ rate, beforeS, outageS, afterS, manner }: Pressure): Promise<Relief> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-pressure-'))
  const broker = await startTestBroker()
  const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url))
  const exchange = startVictim([file('./firehose.ts'), `${rate}`, `${beforeS + outageS + afterS}`])
  while (!exchange.out().includes('\n')) await delay(20)
  const url = `ws://127.0.0.1:${exchange.out().trim()}`
  const args = ['--url', url, '--raw', join(folder, 'raw'), '--topics', broker.spec, '--json']
  const ingestor = startVictim([file('../../scripts/ws_ingest.ts'), ...args])
  let peakRssMb = 0
  const watch = setInterval(() => {
    peakRssMb = Math.max(peakRssMb, peakOf(ingestor.pid))
  }, 250)
  try {
    while (!ingestor.log().includes('connected') && ingestor.ended() === null) await delay(20)
    await delay(1000 * beforeS)
    if (manner === 'stall') process.kill(broker.pid(), 'SIGSTOP')
    else await broker.stop()
    await delay(1000 * outageS)
    if (manner === 'stall') process.kill(broker.pid(), 'SIGCONT')
    else await broker.restart()
    await Promise.race([exchange.wait(), ingestor.wait()])
    if (exchange.ended() === null) throw new Error(`the ingestor ended before the market:\n${ingestor.log()}`)
    const over = performance.now()
    const { code } = await ingestor.wait()
    const drainedAfterS = (performance.now() - over) / 1000
    const { sent } = JSON.parse(exchange.out().trimEnd().split('\n').at(-1)!) as { sent: number }
    const warnings = ingestor.log().split('not published').length - 1
    const found = await inspect(broker.spec)
    return { sent, ...found, peakRssMb: Math.round(peakRssMb), drainedAfterS, warnings, exit: code }
  } finally {
    clearInterval(watch)
    await ingestor.kill9()
    await exchange.kill9()
    await broker.remove()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function inspect(spec: string): Promise<Pick<Relief, 'published' | 'misplaced' | 'gaps'>> {
  const streams = await openStreams(spec)
  const last = new Map<string, number>()
  const found = { published: 0, misplaced: 0, gaps: 0 }
  for await (const records of readAll(streams, readConfig().topics.raw.name))
    for (const { value } of records) {
      const event = JSON.parse(value.toString()) as MarketEvent
      if (event.type === 'gap') found.gaps++
      else {
        const before = last.get(event.product)
        if (before !== undefined && event.sequence !== before + 2) found.misplaced++
        last.set(event.product, event.sequence)
        found.published++
      }
    }
  await streams.close()
  return found
}

/** Highest resident memory of a process so far, in MB; 0 when it is gone. */
function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
  } catch {
    return 0
  }
}
