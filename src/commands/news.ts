import { z } from 'zod'
import { readConfig } from '../config.ts'
import type { Micros } from '../core/events/event.ts'
import { joinBaseRate, joinNews, type VolumeScores } from '../core/indicators/sentiment/news_join.ts'
import { maximum, minimum } from '../core/math/extremes.ts'
import { isoTime } from '../core/math/time.ts'
import { SpikeError } from '../errors.ts'
import { writeFileAtomically } from '../files/atomic.ts'
import { keepInputs } from '../files/keep_inputs.ts'
import { keepOthers } from '../files/keep_others.ts'
import { runJobProcess } from '../jobs/job_process.ts'
import type { NewsPartition } from '../jobs/news/partition.ts'
import { newsMetrics, runNews } from '../jobs/news/run.ts'
import { tellDead } from '../jobs/partitions/dead_tally.ts'
import { newJobStatus } from '../jobs/status.ts'
import { readJsonRecords } from '../market/bronze/json_records.ts'
import { command, outputFile, port, runCommand, topicEngines, wholeNumbers } from '../operations/command.ts'
import { activityReportFiles, refuseOtherActivityReport, writeActivityReport } from '../publish/pdf/activity_pdf.ts'
import { type DrawnArticle, newsPlots, plotNews } from '../publish/plots/news_volume.ts'

interface Arguments {
  zscores?: string
  news?: string
  out?: string
  report?: string
  z: string
  topics?: string
  topic_in?: string
  partitions?: number[]
  untilEnd?: boolean
  metricsPort?: number
  metricsEmf?: boolean
  config?: string
  json?: boolean
}

type FileArguments = Arguments & { zscores: string; news: string; out: string }

const milliseconds = z
  .int()
  .min(0)
  .max(Number.MAX_SAFE_INTEGER / 1000)
const articleSchema = z.object({
  article_id: z.string().min(1),
  ticker: z.string().min(1),
  published_at: milliseconds,
  sentiment: z.number().min(-1).max(1),
})

async function main(given: Arguments): Promise<void> {
  const { zscores, news, out, topics } = given
  const named = [zscores, news, out].filter(path => path !== undefined).length
  if (topics !== undefined && named === 0) await followTopics({ ...given, topics })
  else if (topics === undefined && named === 3) await joinFiles(given as FileArguments)
  else
    throw new SpikeError('BAD_ARGUMENT', 'name either --zscores FILE, --news FILE and --out FILE, or --topics ENGINE')
}

async function followTopics(given: Arguments & { topics: string }): Promise<void> {
  const { partitions: own, untilEnd, json } = given
  const config = readConfig(given.config)
  const topicIn = given.topic_in ?? config.topics.raw.name
  const status = newJobStatus<NewsPartition>()
  const finish = untilEnd ? AbortSignal.abort() : undefined
  const reads = [topicIn, config.topics.news.name]
  const shown = { job: 'news', status, reads, metrics: () => newsMetrics(status) }
  const result = await runJobProcess({ ...given, name: 'news', finite: untilEnd, ...shown }, parts =>
    runNews({ ...parts, config, topicIn, own, finish, status }),
  )
  if (json) console.log(JSON.stringify({ ...result, dead_letters: status.dead }))
  else {
    const { articles, final, correlated, waiting, base_rate } = result
    const chance = Object.entries(base_rate).flatMap(([ticker, rate]) =>
      rate === null ? [] : [`${ticker} ${percent(rate)}`],
    )
    console.log(
      `${articles} articles, ${final} final, ${correlated} of them beside unusual volume; a random second would be in ${chance.join(', ') || 'no market that is known long enough'}; ${waiting} wait`,
    )
    console.log(tellDead(status.dead))
  }
}

async function joinFiles({ zscores, news, out, report, z: column, json }: FileArguments): Promise<void> {
  const pages = report === undefined ? [] : activityReportFiles(report, 'news', newsPlots)
  keepInputs({ '--zscores': zscores, '--news': news }, { '--out': out, '--report': pages })
  if (report !== undefined) refuseOtherActivityReport(pages)
  keepOthers([out], isOurs)
  const scores = await readScores(zscores, column)
  const articles = []
  const drawn: DrawnArticle[] = []
  for await (const { article_id, ticker, published_at, sentiment } of readJsonRecords(news, articleSchema)) {
    const time = published_at * 1000
    const joined = joinNews(scores.get(ticker) ?? noScores, time, sentiment)
    articles.push({ article_id, ...joined })
    drawn.push({ ticker, time, correlated: joined.page.correlated })
  }
  if (articles.length === 0) throw new SpikeError('BAD_FILE', `${news}: holds no article`)
  const base = [...scores].map(([ticker, all]) => [
    ticker,
    { page: joinBaseRate(all, 'page'), last: joinBaseRate(all, 'last') },
  ])
  const result = { articles, base_rate: Object.fromEntries(base) as Record<string, { page: number; last: number }> }
  await writeFileAtomically(out, `${JSON.stringify(result, null, 1)}\n`)
  const correlated = articles.filter(({ page }) => page.correlated).length
  if (report !== undefined) await writeReport(pages, scores, drawn, result.base_rate, column)
  if (json) console.log(JSON.stringify({ articles: articles.length, correlated, base_rate: result.base_rate, out }))
  else {
    const chance = Object.entries(result.base_rate).map(([ticker, { page }]) => `${ticker} ${percent(page)}`)
    console.log(
      `${out}: ${correlated} of ${articles.length} articles within 60 s of unusual volume (z above 2); a random second would be in ${chance.join(', ')}`,
    )
  }
}

/** As this command lays out its object. */
const isOurs = (first: string, last: string): boolean =>
  first.startsWith('{\n "articles": [') && last.includes('\n "base_rate": {')

async function writeReport(
  pages: string[],
  scores: Map<string, VolumeScores>,
  articles: DrawnArticle[],
  base: Record<string, { page: number }>,
  column: string,
): Promise<void> {
  const chance = Object.fromEntries(Object.entries(base).map(([ticker, { page }]) => [ticker, page]))
  const times = [...scores.values()].flatMap(all => [all.times[0], all.times[all.times.length - 1]])
  const found = articles.filter(({ correlated }) => correlated).length
  const rows = Object.entries(chance).map(([ticker, rate]) => {
    const own = articles.filter(one => one.ticker === ticker)
    return [ticker, `${own.length}`, `${own.filter(({ correlated }) => correlated).length}`, percent(rate)]
  })
  const page = {
    ...{
      title: 'News beside unusual volume',
      simulated: false,
      footer: 'What comes together need not be cause and effect.',
    },
    ...{ from: isoTime(minimum(times)).slice(0, 16), to: isoTime(maximum(times)).slice(0, 16) },
    settings: `z of the field ${column}, above 2 within 60 s of publication, before or after; ${articles.length} articles`,
    verdict: [
      `${found} of ${articles.length} articles came out within 60 s of unusual volume. What chance alone gives stands beside it.`,
    ],
    table: [['ticker', 'articles', 'beside unusual volume', 'a random second would be'], ...rows],
  }
  await writeActivityReport(pages, page, plotNews(scores, articles, chance))
}

const noScores: VolumeScores = { times: [], z: [] }
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`

/** By ticker, in the order of time; what stands at one time stays as in the file. Rows without a value are none. */
async function readScores(path: string, column: string): Promise<Map<string, VolumeScores>> {
  const schema = z.object({ ticker: z.string().min(1), t: milliseconds, [column]: z.number().nullable() })
  const points = new Map<string, { time: Micros; z: number }[]>()
  for await (const row of readJsonRecords(path, schema)) {
    const value = row[column] as number | null
    if (value === null) continue
    const all = points.get(row.ticker as string) ?? []
    all.push({ time: (row.t as number) * 1000, z: value })
    points.set(row.ticker as string, all)
  }
  if (points.size === 0) throw new SpikeError('BAD_FILE', `${path}: holds no row with a value of ${column}`)
  const scores = new Map<string, VolumeScores>()
  for (const [ticker, all] of points) {
    all.sort((a, b) => a.time - b.time)
    scores.set(ticker, { times: all.map(({ time }) => time), z: all.map(point => point.z) })
  }
  return scores
}

export const newsCommand = (argv?: string[]): Promise<void> =>
  runCommand<Arguments>(
    command(
      'news',
      'Which articles came out within 60 seconds of unusual volume, by four readings, beside what chance alone gives.',
      'npm run news -- --zscores zscores.ndjson --news news.json --out joined.json',
    )
      .option('--zscores <file>', 'rows {"ticker", "t" (ms), "volume_zscore"}, one a line; also .gz')
      .option('--news <file>', 'articles {"article_id", "ticker", "published_at" (ms), "sentiment"}')
      .option('--out <file>', 'a JSON object {"articles", "base_rate"}', outputFile('--out'))
      .option('--report <folder>', 'plots and a PDF page; none when absent')
      .option('--z <field>', 'the field of the rows that holds z', 'volume_zscore')
      .option('--topics <engine>', `${topicEngines}: articles of a topic as they come, beside the trades of another`)
      .option('--topic_in <topic>', 'topic of market events (default: topics.raw of the configuration)')
      .option('--partitions <n,n>', 'partitions to work on, all when absent', wholeNumbers('--partitions'))
      .option('--until-end', 'stop at the end that the topics have now')
      .option('--metrics-port <n>', 'answer /healthz, /readyz and /metrics there', port('--metrics-port'))
      .option('--metrics-emf', 'also print the metrics each minute, as CloudWatch reads them')
      .option('--config <file>', 'another config.yaml')
      .option('--json', 'print one JSON object as the last line'),
    main,
    argv,
  )
