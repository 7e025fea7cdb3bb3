import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { sentimentCommand } from '../../src/commands/sentiment.ts'
import { inFolder } from '../harness/in_folder.ts'

const here = inFolder('sentiment')

const out = (): string => join(here.folder, 'scores.json')

async function score(texts: string | Buffer): Promise<void> {
  const path = join(here.folder, 'texts.json')
  writeFileSync(path, texts)
  await sentimentCommand(['node', 'sentiment', '--texts', path, '--out', out(), '--json'])
}

it('writes a row a text, in their order', async () => {
  await score('["shares soar, great", "terrible loss", ""]')
  const rows = JSON.parse(readFileSync(out(), 'utf8')) as [number, number, number, number, string][]
  expect(rows.map(row => row[4])).toEqual(['positive', 'negative', 'neutral'])
  expect(JSON.parse(here.said.at(-1)!)).toMatchObject({ texts: 3, positive: 1, negative: 1, neutral: 1 })
})

it.each<[string, string | Buffer]>([
  ['with a mark', `\ufeff${JSON.stringify(['good', 'bad'])}`],
  ['in UTF-16', Buffer.from(`\ufeff${JSON.stringify(['good', 'bad'])}`, 'utf16le')],
  ['packed', gzipSync(JSON.stringify(['good', 'bad']))],
  ['a text a line', '"good"\r\n"bad"\r\n'],
  ['with CR alone', '"good"\r"bad"'],
])('reads texts %s', async (_, texts) => {
  await score(texts)
  expect(JSON.parse(here.said.at(-1)!)).toMatchObject({ texts: 2, positive: 1, negative: 1 })
})

it('replaces its own scores, and no list of something else', async () => {
  await score('["good"]')
  await score('["bad"]')
  expect(process.exitCode ?? 0).toBe(0)
  writeFileSync(out(), '[\n["one", "two"]\n]\n')
  await score('["good"]')
  expect(here.said.at(-1)).toMatch(/scores\.json: is no file of spike60's/)
})

it.each([
  ['what is no JSON', '["a"', /is not JSON; a JSON list of texts is expected/],
  ['what is no list', '{"a": 1}', /is no list; a JSON list of texts is expected/],
  ['an item that is no text', '["a", 7]', /its item 1 is no text; a JSON list/],
  ['a list of nothing', '[]', /holds no text; a JSON list/],
])('%s is refused in one line, and nothing is written', async (_, texts, line) => {
  await score(texts)
  expect(here.said).toEqual([expect.stringMatching(line)])
  expect(process.exitCode).toBe(2)
  expect(existsSync(out())).toBe(false)
})
