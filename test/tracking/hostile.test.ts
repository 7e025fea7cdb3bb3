import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { checkTracking, connectMlflow } from '../../src/tracking/client.ts'
import { readAcknowledgements } from '../../src/tracking/journal.ts'
import { replies } from '../../src/tracking/replies.ts'
import { findMlflowServer } from '../../src/tracking/server.ts'
import { type Recorded, type RunRecord, recordRuns } from '../../src/tracking/tracker.ts'
import { emptyRun } from '../fixtures/empty_run.ts'
import { dripping, endless, says, startHostileMlflow } from '../harness/hostile_mlflow.ts'

/** What recording two runs says of a server, and what is in the journal then. */
async function record(uri: string): Promise<Recorded & { kept: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-hostile-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const note = join(folder, 'note.txt')
  writeFileSync(note, 'x')
  const run: RunRecord = { id: 'one', name: 'one', started_at: 1, ended_at: 2, ...emptyRun }
  const runs = [
    run,
    { ...run, id: 'two', name: 'two', params: { a: 1 }, artifacts: [{ path: 'note.txt', file: note }] },
  ]
  const recorded = await recordRuns(runs, { experiment: 'x', journal: join(folder, 'mlruns'), uri })
  return { ...recorded, kept: readdirSync(join(folder, 'mlruns/journal')) }
}

const portal = says(200, '<!doctype html>\n<html>Please \x1b[31mlog in</html>')
const steps = [
  'experiments/get-by-name',
  'runs/search',
  'runs/create',
  'runs/log-batch',
  'artifacts/1/r1/note.txt',
  'runs/update',
]

describe('a server that answers as none of MLflow does is one warning, and the runs stay in the journal', () => {
  test('one that takes everything is sent everything', async () => {
    const { uri, asked } = await startHostileMlflow({})
    expect(await record(uri)).toMatchObject({ sent: 2, warning: null, kept: ['one', 'two'] })
    for (const step of steps) expect(asked.some(path => path.endsWith(step))).toBe(true)
  })

  test.each(steps)('the page of a captive portal, from %s on', async step => {
    const { uri } = await startHostileMlflow({ [step]: portal })
    const { warning, kept } = await record(uri)
    expect(warning).toMatch(/^http:\S+: \w+ .+ was answered with 200 and what is not MLflow's \(.+\): <!doctype html>/)
    expect(warning).toMatch(/; set MLFLOW_TRACKING_URI to the server itself$/)
    expect(warning).not.toMatch(/\p{Cc}/u)
    expect(kept).toEqual(['one', 'two'])
  })

  test.each([
    ['a list', []],
    ['a text', '"x"'],
    ['nothing', 'null'],
    ['a number for an id', { experiment: { experiment_id: 7 } }],
    ['an id that is a way out', { experiment: { experiment_id: '../../x' } }],
    ['an id of control codes', { experiment: { experiment_id: '\x1b[2J' } }],
    ['depth without end', `${'['.repeat(100_000)}${']'.repeat(100_000)}`],
    ['a number beyond all', '{"experiment":{"experiment_id":1e999}}'],
  ])('JSON of another kind: %s', async (_, body) => {
    const { uri } = await startHostileMlflow({ 'experiments/get-by-name': says(200, body) })
    const { warning, sent } = await record(uri)
    expect({ sent, lines: warning!.split('\n').length }).toEqual({ sent: 0, lines: 1 })
    expect(warning).toMatch(/what is not MLflow's/)
  })

  test.each([
    ['runs that are no list', { runs: { length: 1 } }],
    ['a run without tags', { runs: [{ info: null }] }],
    ['a token that is a number', { next_page_token: 7 }],
  ])('a list of runs of another kind: %s', async (_, body) => {
    const { uri } = await startHostileMlflow({ 'runs/search': says(200, body) })
    expect((await record(uri)).warning).toMatch(/what is not MLflow's \((runs|next_page_token)/)
  })

  test('pages of runs that go round, and pages without end', async () => {
    const same = await startHostileMlflow({ 'runs/search': says(200, { next_page_token: 'again' }) })
    expect((await record(same.uri)).warning).toMatch(/its list of runs has no end; nothing more is sent to it$/)
    expect(same.asked.filter(path => path.endsWith('runs/search'))).toHaveLength(2)
    let page = 0
    const endlessly = await startHostileMlflow({
      'runs/search': (outgoing, incoming) => says(200, { next_page_token: String(page++) })(outgoing, incoming),
    })
    expect((await record(endlessly.uri)).warning).toMatch(/has no end/)
    expect(page).toBe(1001)
  })

  test('a body without end is read to its limit', async () => {
    const { uri } = await startHostileMlflow({ 'runs/search': endless(' '.repeat(65_536)) })
    expect((await record(uri)).warning).toMatch(/no answer to POST .*runs\/search \(more than 32 MiB\)/)
  })

  test('a version without end, or of 40 digits, is no version', async () => {
    const { uri } = await startHostileMlflow({ '/version': says(200, `2.${'9'.repeat(1000)}`) })
    expect(await record(uri)).toMatchObject({ sent: 2, warning: null })
  })

  test('a redirect is not followed, and no login goes there', async () => {
    const other = await startHostileMlflow({})
    const { uri } = await startHostileMlflow({ 'runs/search': says(302, '', { location: `${other.uri}/login` }) })
    expect((await record(uri)).warning).toMatch(/runs\/search is pointed to http:\S+\/login, which is not followed/)
    expect(other.asked).toEqual([])
  })

  test.each([429, 503])('%i with a wait of years: it is told, and not waited for', async status => {
    const { uri, asked } = await startHostileMlflow({
      'runs/search': says(status, { message: 'slow down' }, { 'retry-after': '999999999' }),
    })
    expect((await record(uri)).warning).toMatch(new RegExp(`answered with ${status} : slow down$`))
    expect(asked.filter(path => path.endsWith('runs/search'))).toHaveLength(1)
  })

  test('an error whose code and message are no texts', async () => {
    const { uri } = await startHostileMlflow({ 'runs/search': says(400, { error_code: {}, message: [1] }) })
    expect((await record(uri)).warning).toMatch(/answered with 400 : \{"error_code"/)
  })

  test('an experiment that is there and is not', async () => {
    const { uri } = await startHostileMlflow({
      'experiments/get-by-name': says(404, { error_code: 'RESOURCE_DOES_NOT_EXIST' }),
      'experiments/create': says(400, { error_code: 'RESOURCE_ALREADY_EXISTS' }),
    })
    expect((await record(uri)).warning).toMatch(/says of experiment 'x' that it is there and that it is not/)
  })
})

test('an answer that drips is over after its time, and so is all that one client asks', async () => {
  const { uri, asked } = await startHostileMlflow({ 'runs/search': dripping })
  const ask = (limits: { answer: number; all: number }) =>
    connectMlflow(uri, {}, { upload: 1, ...limits }).api(replies.runs, 'POST', 'runs/search')
  for (const limits of [
    { answer: 500, all: 60_000 },
    { answer: 60_000, all: 500 },
  ])
    await expect(ask(limits)).rejects.toThrow(/no answer to POST \S+ \(The operation was aborted due to timeout\)/)
  expect(asked).toHaveLength(2)
})

test('an address or a login that cannot be is refused before anything is asked, without the login', () => {
  for (const uri of [
    'sqlite:///mlflow.db',
    'file:///tmp/mlruns',
    'mlruns',
    'databricks',
    '',
    'http://',
    'http://user:geheim@host:5000',
    'http://:geheim@host:5000',
    'http://us er:geheim@ho st',
    'postgresql://u:geheim@host/db',
    'http://host?x=1',
  ]) {
    expect(() => checkTracking(uri, {})).toThrow(/^MLFLOW_TRACKING_URI must be like http:\/\/127\.0\.0\.1:5000/)
    expect(() => checkTracking(uri, {})).not.toThrow(/geheim/)
  }
  expect(checkTracking('http://127.0.0.1:5000/', {})).toEqual({ base: 'http://127.0.0.1:5000', login: {} })
  expect(checkTracking('https://h/a//', { MLFLOW_TRACKING_TOKEN: 'abc' })).toEqual({
    base: 'https://h/a',
    login: { authorization: 'Bearer abc' },
  })
  expect(() => checkTracking('http://h', { MLFLOW_TRACKING_TOKEN: 'geheim\n' })).toThrow(/^MLFLOW_TRACKING_TOKEN holds/)
  expect(() => checkTracking('http://h', { MLFLOW_TRACKING_TOKEN: 'geheim\n' })).not.toThrow(/geheim/)
})

test('what could not be sent is sent when the server is itself again, once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'spike60-hostile-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const run: RunRecord = { id: 'one', name: 'one', started_at: 1, ended_at: 2, ...emptyRun }
  const send = (uri: string) => recordRuns([run], { experiment: 'x', journal: folder, uri })
  const bad = await startHostileMlflow({ 'runs/create': portal })
  expect(await send(bad.uri)).toMatchObject({ journalled: 1, sent: 0 })
  expect(existsSync(join(folder, 'journal/one/sent.json'))).toBe(false)
  const good = await startHostileMlflow({})
  expect(await send(good.uri)).toMatchObject({ journalled: 0, sent: 1, warning: null })
})

describe('a journal that comes from somebody else', () => {
  const journalOf = (record: Record<string, unknown>): string => {
    const folder = mkdtempSync(join(tmpdir(), 'spike60-hostile-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    writeFileSync(join(folder, 'secret'), 'geheim')
    mkdirSync(join(folder, 'mlruns/journal/one'), { recursive: true })
    mkdirSync(join(folder, 'outside'))
    writeFileSync(join(folder, 'outside/MLmodel'), 'geheim')
    symlinkSync('../../../secret', join(folder, 'mlruns/journal/one/link'))
    writeFileSync(join(folder, 'mlruns/journal/one/sent.json'), '{"uri":')
    const run = { id: 'one', name: 'one', started_at: 1, ended_at: 2, ...emptyRun, ...record }
    writeFileSync(
      join(folder, 'mlruns/journal/one/run.json'),
      JSON.stringify({ version: 1, experiment: 'x', record: run }),
    )
    return join(folder, 'mlruns')
  }

  test.each<[string, Record<string, unknown>]>([
    ['a file above it', { artifacts: [{ path: 'a', file: '../../../secret' }] }],
    ['a file from the root', { artifacts: [{ path: 'a', file: '/etc/hostname' }] }],
    ['a link out of it', { artifacts: [{ path: 'a', file: 'link' }] }],
    ['a file that is not there', { artifacts: [{ path: 'a', file: 'none' }] }],
    ['a place on the server above the run', { artifacts: [{ path: '../a', file: 'run.json' }] }],
    ['a model above it', { model: { registered: 'm', folder: '../../../outside' } }],
    ['a model that is not there', { model: { registered: 'm', folder: 'none' } }],
    ['times that are texts', { started_at: 'now' }],
  ])('sends nothing of %s, and says which run it is', async (_, record) => {
    const { uri, asked } = await startHostileMlflow({})
    const { sent, warning } = await recordRuns([], { experiment: 'x', journal: journalOf(record), uri })
    expect({ sent, warning }).toEqual({ sent: 0, warning: expect.stringMatching(/one: is not a journalled run/) })
    expect(asked.filter(path => !path.endsWith('/version'))).toEqual([])
  })

  test('a note of what was sent that cannot be read is written anew', async () => {
    const { uri } = await startHostileMlflow({})
    const journal = journalOf({})
    expect(await recordRuns([], { experiment: 'x', journal, uri })).toMatchObject({ sent: 1, warning: null })
    expect(readAcknowledgements(join(journal, 'journal/one'))).toMatchObject([{ uri, run_id: 'r1' }])
  })

  test('an attachment of a file outside it is passed over', async () => {
    const journal = journalOf({})
    mkdirSync(join(journal, 'attachments/a'), { recursive: true })
    const attachment = { id: 'a', run: 'one', added_at: 1, artifacts: [{ path: 'a', file: '../../../secret' }] }
    writeFileSync(join(journal, 'attachments/a/attachment.json'), JSON.stringify(attachment))
    const { uri, asked } = await startHostileMlflow({})
    const { warning } = await recordRuns([], { experiment: 'x', journal, uri })
    expect(warning).toMatch(/attachments\/a: is not an attachment/)
    expect(asked.some(path => path.includes('artifacts'))).toBe(false)
  })

  test.each(['', '{', 'null', '{"uri":"http://evil.example","pid":1}', '{"uri":"http://127.0.0.1:1","pid":-1}'])(
    'a store whose note is %s has no server that runs',
    async text => {
      const folder = mkdtempSync(join(tmpdir(), 'spike60-hostile-'))
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
      writeFileSync(join(folder, 'server.json'), text)
      expect(await findMlflowServer(folder)).toBeNull()
    },
  )
})
