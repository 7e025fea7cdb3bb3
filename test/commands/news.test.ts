import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { newsCommand } from '../../src/commands/news.ts'
import { inFolder } from '../harness/in_folder.ts'

const here = inFolder('news')

const out = (): string => join(here.folder, 'joined.json')

async function joinFiles(zscores: string, news: string, ...more: string[]): Promise<void> {
  writeFileSync(join(here.folder, 'z.ndjson'), zscores)
  writeFileSync(join(here.folder, 'news.json'), news)
  const files = ['--zscores', join(here.folder, 'z.ndjson'), '--news', join(here.folder, 'news.json'), '--out', out()]
  await newsCommand(['node', 'news', ...files, ...more])
}

const row = '{"ticker":"AAPL","t":60000,"volume_zscore":3.5,"minute20":1}'
const article = '{"article_id":"a","ticker":"AAPL","published_at":0,"sentiment":0.6}'

it('says the base rate beside the count', async () => {
  await joinFiles(`${row}\n`, `[${article}]`)
  expect(here.said).toEqual([expect.stringMatching(/1 of 1 articles .* a random second would be in AAPL 100\.0 %$/)])
  expect(JSON.parse(readFileSync(out(), 'utf8')).articles[0].page).toEqual({
    ...{ z: 3.5, correlated: true, strength: 'strong' },
  })
})

it('takes another field for z', async () => {
  await joinFiles(row, article, '--z', 'minute20', '--json')
  expect(JSON.parse(here.said[0])).toMatchObject({ articles: 1, correlated: 0 })
})

it.each([
  ['a row without the field', '{"ticker":"AAPL","t":1}', article, /z\.ndjson:1: volume_zscore: /],
  ['rows without a value', '{"ticker":"AAPL","t":1,"volume_zscore":null}', article, /holds no row with a value/],
  [
    'an article without a time',
    row,
    '{"article_id":"a","ticker":"AAPL","sentiment":0}',
    /news\.json:1: published_at: /,
  ],
  ['a sentiment that is none', row, article.replace('0.6', '7'), /news\.json:1: sentiment: /],
])('%s is refused with its line, and nothing is written', async (_, zscores, news, line) => {
  await joinFiles(zscores, news)
  expect(here.said).toEqual([expect.stringMatching(line)])
  expect(process.exitCode).toBe(2)
  expect(existsSync(out())).toBe(false)
})

it('--report draws volume with the articles and what chance gives, and a page; what others have there is kept', async () => {
  const report = join(here.folder, 'report')
  const rows = Array.from({ length: 200 }, (_, i) => `{"ticker":"AAPL","t":${1000 * i},"volume_zscore":${i % 9}}`)
  await joinFiles(rows.join('\n'), `[${article}]`, '--report', report)
  const names = ['news.pdf', 'news_chance.png', 'news_chance.svg', 'news_volume.png', 'news_volume.svg']
  expect(readdirSync(report).sort()).toEqual(names)
  expect(readFileSync(join(report, 'news_volume.svg'), 'utf8')).toContain('News and volume')
  writeFileSync(join(report, 'news.pdf'), 'my own')
  await joinFiles(`${row}\n`, `[${article}]`, '--report', report)
  expect(here.said.at(-1)).toMatch(/news\.pdf: is no file of spike60's/)
  expect(readFileSync(join(report, 'news.pdf'), 'utf8')).toBe('my own')
})
