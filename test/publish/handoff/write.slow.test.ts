import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { controlLine, frameLine } from '../../../src/market/bronze/line.ts'
import { checkHandoff } from '../../../src/publish/handoff/check.ts'
import { cutSlice } from '../../../src/publish/handoff/slice.ts'
import { verifyManifest } from '../../../src/publish/handoff/verify.ts'
import { writeHandoff } from '../../../src/publish/handoff/write.ts'
import { makeRunFolder, tickerFrames } from '../../fixtures/run_folder.ts'
import { startVictim } from '../../harness/victim.ts'

const config = readConfig()
const forever = Number.POSITIVE_INFINITY
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'spike60-handoff-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Builds a hand-off of 14 minutes of data, then leaves nothing but a copy of the folder. */
async function buildAlone(): Promise<string> {
  const run = join(folder, 'run')
  const raw = await makeRunFolder(run, 14)
  await writeHandoff({ run, raw: [raw], out: join(run, 'handoff'), config })
  const alone = join(folder, 'elsewhere')
  cpSync(join(run, 'handoff'), alone, { recursive: true })
  rmSync(run, { recursive: true })
  return alone
}

describe('hand-off folder', () => {
  it('holds what the milestones list and gives the same rows and predictions from its slice alone', async () => {
    const alone = await buildAlone()
    for (const path of [
      'docker/compose.yaml',
      'docker/Dockerfile.ingestor',
      'docker/prometheus/alerts.yml',
      'docs/runbook.md',
      '.env.example',
      'config.yaml',
      'requirements.txt',
      'SELECTED-BASE.md',
      'docs/feature_spec.md',
      'docs/model_card_v1.md',
      'models/artifacts/logistic/model.json',
      'models/artifacts/logistic/model.onnx',
      'models/artifacts/evaluation.json',
      'reports/model_eval.pdf',
      'reports/evidently/train_vs_test.html',
      'data/predictions.parquet',
      'data/slice/raw.ndjson',
      'data/slice/features.parquet',
      'data/slice/predictions.parquet',
    ])
      expect(existsSync(join(alone, path)), path).toBe(true)
    expect(readFileSync(join(alone, 'reports/evidently/train_vs_test.html'), 'utf8')).toBe(
      '<html>data/processed/features_test.parquet</html>',
    )
    const { slice, files } = verifyManifest(alone)
    expect(Date.parse(slice.to) - Date.parse(slice.from)).toBe(600_000)
    const checked = await checkHandoff(alone)
    expect(checked).toEqual({
      files: Object.keys(files).length,
      rows: slice.rows,
      digest: slice.digest,
      simulated: true,
    })
    expect(checked.rows).toBeGreaterThan(1000)
    const note = readFileSync(join(alone, 'SELECTED-BASE.md'), 'utf8')
    expect(note).toContain(slice.digest)
    expect(note).toContain("rows['tau'] = rows['product'].map({'BTC-USD': 0.000071, 'ETH-USD': 0.000094})")
  })

  it('finds a changed byte, a missing file and one that was added', async () => {
    const alone = await buildAlone()
    const raw = join(alone, 'data/slice/raw.ndjson')
    const bytes = readFileSync(raw)
    bytes[bytes.length - 20] ^= 1
    writeFileSync(raw, bytes)
    rmSync(join(alone, 'reports/model_eval.pdf'))
    writeFileSync(join(alone, 'note.txt'), 'mine')
    const error = await checkHandoff(alone).catch((e: unknown) => e)
    expect(error).toMatchObject({ code: 'CHECK_FAILED' })
    expect((error as { faults: string[] }).faults.map(fault => fault.slice(alone.length + 1)).sort()).toEqual([
      "data/slice/raw.ndjson: differs from the manifest's sum",
      'note.txt: is not in the manifest',
      'reports/model_eval.pdf: is missing',
    ])
  })

  it('finds rows that its slice, and predictions that its model does not give, even under right sums', async () => {
    const run = join(folder, 'run')
    const raw = await makeRunFolder(run, 12)
    const out = join(run, 'handoff')
    await writeHandoff({ run, raw: [raw], out, config })
    const forge = (path: string, content: Buffer | string): void => {
      writeFileSync(join(out, path), content)
      const manifest = JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8'))
      manifest.files[path] = createHash('sha256').update(content).digest('hex')
      writeFileSync(join(out, 'manifest.json'), JSON.stringify(manifest))
    }
    const rows = readFileSync(join(out, 'data/slice/features.parquet'))
    forge('data/slice/features.parquet', readFileSync(join(out, 'data/slice/predictions.parquet')))
    await expect(checkHandoff(out)).rejects.toThrow(/the rows of the slice differ from data.slice.features.parquet/)
    forge('data/slice/features.parquet', rows)
    const model = 'models/artifacts/logistic/model.json'
    forge(model, readFileSync(join(out, model), 'utf8').replace('"intercept": -2.3', '"intercept": -2.2'))
    await expect(checkHandoff(out)).rejects.toThrow(/predictions differ/)
  })

  it('names every part of the run that is missing and leaves nothing behind', async () => {
    const run = join(folder, 'run')
    const raw = await makeRunFolder(run, 12)
    rmSync(join(run, 'reports'), { recursive: true })
    rmSync(join(run, 'models/artifacts/logistic'), { recursive: true })
    const error = await writeHandoff({ run, raw: [raw], out: join(folder, 'out'), config }).catch((e: unknown) => e)
    expect((error as { faults: string[] }).faults).toHaveLength(5)
    expect(error).toMatchObject({ code: 'BAD_FILE' })
    expect(readdirSync(folder)).toEqual(['run'])
  })

  it('leaves the former folder in place when raw data cannot be read, or somebody writes into it meanwhile', async () => {
    const run = join(folder, 'run')
    const raw = await makeRunFolder(run, 12)
    const out = join(folder, 'out')
    await writeHandoff({ run, raw: [raw], out, config })
    const before = readFileSync(join(out, 'manifest.json'), 'utf8')
    await expect(writeHandoff({ run, raw: [join(folder, 'none.ndjson')], out, config })).rejects.toMatchObject({
      code: 'BAD_FILE',
    })
    expect(readFileSync(join(out, 'manifest.json'), 'utf8')).toBe(before)
    expect(readdirSync(folder).sort()).toEqual(['out', 'run'])
    const building = writeHandoff({ run, raw: [raw], out, config })
    writeFileSync(join(out, 'thesis.md'), 'written meanwhile')
    await expect(building).rejects.toThrow(/thesis.md is not in the manifest; move it away/)
    expect(readFileSync(join(out, 'thesis.md'), 'utf8')).toBe('written meanwhile')
    rmSync(join(out, 'thesis.md'))
    await writeHandoff({ run, raw: [raw], out, config })
    expect(readdirSync(folder).sort()).toEqual(['out', 'run'])
  })

  it('killed while the new folder took the place of the former, is put in its place by the next hand-off, and by no reader', async () => {
    const run = join(folder, 'run')
    const raw = await makeRunFolder(run, 12)
    const out = join(folder, 'out')
    const { slice } = await writeHandoff({ run, raw: [raw], out, config })
    const dead = startVictim(['--version'])
    await dead.wait()
    renameSync(out, `${out}.${dead.pid}.tmp-0a1b2c3d`)
    const moves = [{ from: `out.${dead.pid}.tmp-0a1b2c3d`, to: 'out' }]
    writeFileSync(`${out}.replacing.json`, JSON.stringify({ pid: dead.pid, moves }))
    expect(() => verifyManifest(`${out}/`)).toThrow(/does not exist; .* was killed while it was replaced/)
    expect(existsSync(`${out}.replacing.json`)).toBe(true)
    await expect(writeHandoff({ run, raw: [join(folder, 'none.ndjson')], out, config })).rejects.toThrow('none.ndjson')
    expect(verifyManifest(`${out}/`).slice).toEqual(slice)
    expect(readdirSync(folder).sort()).toEqual(['out', 'run'])
  })

  it('knows what a killed training left from a model', async () => {
    const run = join(folder, 'run')
    const raw = await makeRunFolder(run, 12)
    const models = join(run, 'models/artifacts')
    cpSync(join(models, 'logistic'), join(models, 'logistic.12.tmp'), { recursive: true })
    const out = join(folder, 'out')
    await writeHandoff({ run, raw: [raw], out, config })
    expect(readdirSync(join(out, 'models/artifacts')).sort()).toEqual(['evaluation.json', 'logistic'])
  })

  it('does not replace a folder that is not a hand-off', async () => {
    const out = join(folder, 'thesis')
    mkdirSync(out)
    writeFileSync(join(out, 'chapter1.md'), 'years of work')
    await expect(writeHandoff({ run: folder, raw: [], out, config })).rejects.toMatchObject({ code: 'BAD_ARGUMENT' })
    expect(readFileSync(join(out, 'chapter1.md'), 'utf8')).toBe('years of work')
  })
})

describe('raw slice', () => {
  it('keeps bare frames verbatim, the last minutes only', async () => {
    const frames = tickerFrames(5)
    const raw = join(folder, 'frames.ndjson')
    writeFileSync(raw, `${frames.map(frame => frame.text).join('\n')}\n`)
    const { files, lines, to } = await cutSlice([raw], join(folder, 'slice'), 2, forever)
    const last = frames[frames.length - 1].time
    const expected = frames.filter(frame => frame.time >= last - 120_000).map(frame => frame.text)
    expect(files).toEqual([join(folder, 'slice/raw.ndjson')])
    expect(readFileSync(files[0], 'utf8').trimEnd().split('\n')).toEqual(expected)
    expect({ lines, to }).toEqual({ lines: expected.length, to: last * 1000 })
  })

  it('is cut by market time where the market ran sixty times as fast as the clock', async () => {
    const raw = join(folder, 'fast.ndjson')
    const frames = tickerFrames(5)
    const received = (i: number): number => 1_790_000_000_000_000 + i * 16_667
    const lines = frames.map(({ text }, i) => frameLine('simulated', 'c', received(i), text))
    writeFileSync(raw, `${[controlLine('simulated', 'c', received(0), 'open'), ...lines].join('\n')}\n`)
    const { from, to, files } = await cutSlice([raw], join(folder, 'slice'), 2, frames[frames.length - 1].time * 1000)
    expect(to - from).toBe(120_000_000)
    const kept = frames.flatMap(({ time }, i) => (time * 1000 >= from ? [lines[i]] : []))
    expect(readFileSync(files[0], 'utf8').trimEnd().split('\n')).toEqual(kept)
    const whole = await cutSlice([raw], join(folder, 'whole'), 10, forever)
    expect(readFileSync(whole.files[0], 'utf8')).toBe(readFileSync(raw, 'utf8'))
  })

  it('takes the last minutes across several bronze files', async () => {
    const raw = await makeRunFolder(join(folder, 'run'), 6)
    const all = readFileSync(raw, 'utf8').trimEnd().split('\n')
    const parts = [all.slice(0, 300), all.slice(300)].map((part, i) => {
      const path = join(folder, `part${i}.ndjson`)
      writeFileSync(path, `${part.join('\n')}\n`)
      return path
    })
    const { files, lines } = await cutSlice(parts, join(folder, 'slice'), 5, forever)
    expect(files).toHaveLength(1)
    expect(readFileSync(files[0], 'utf8').trimEnd().split('\n')).toEqual(all.slice(all.length - lines))
    expect(lines).toBe(601)
  })
})
