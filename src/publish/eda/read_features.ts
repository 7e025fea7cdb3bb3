import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { FeatureTable } from '../../core/features/table.ts'
import type { Metadata } from '../../stores/metadata.ts'
import { bytesToTable } from './table_bytes.ts'

/** Where the machine's own Node is too old, `scripts/setup.js` has put one beside the packages. */
const installed = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url))
const node = existsSync(installed) ? installed : 'node'
const sender = fileURLToPath(new URL('./send_features.ts', import.meta.url))

/**
 * Reads a feature file from a notebook. Node reads it in a process of its own, because DuckDB's native module brings Deno 2.9.5 down
 * when its results are collected (denoland/deno#36538).
 * @throws SpikeError as `readTable` does.
 */
export async function readFeatures(path: string): Promise<{ table: FeatureTable; metadata: Metadata }> {
  const child = spawn(node, [sender, path], { stdio: ['ignore', 'pipe', 'pipe'] })
  const parts: Buffer[] = []
  let said = ''
  child.stdout.on('data', (part: Buffer) => parts.push(part))
  child.stderr.on('data', (part: Buffer) => {
    said += part.toString()
  })
  const code = await new Promise<number | null>((done, fail) => child.once('error', fail).once('close', done))
  if (code !== 0) throw new Error(`reading ${path} ended with ${code}: ${said.trim()}`)
  return bytesToTable(Buffer.concat(parts))
}
