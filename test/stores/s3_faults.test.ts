import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openStore } from '../../src/stores/open.ts'
import { openBucket } from '../../src/stores/s3/client.ts'
import { storedTopic } from '../harness/stored_records.ts'

let server: Server
let answer: { status: number; text: string }
const names = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_ENDPOINT_URL', 'AWS_ENDPOINT_URL_S3']
let before: (string | undefined)[]
beforeEach(async () => {
  server = createServer((_, response) => response.writeHead(answer.status).end(answer.text))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  before = names.map(name => process.env[name])
  process.env.AWS_ACCESS_KEY_ID = 'tester'
  process.env.AWS_SECRET_ACCESS_KEY = 'not-to-be-shown'
  process.env.AWS_ENDPOINT_URL_S3 = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  for (const [at, name] of names.entries())
    if (before[at] === undefined) delete process.env[name]
    else process.env[name] = before[at]
  server.close()
})

const open = () => openStore('s3://bucket/lake', storedTopic, { holder: 'one', held: false })
const told = (code: string): string => `<Error><Code>${code}</Code><Message>no</Message></Error>`

test.each([
  [403, 'RequestTimeTooSkewed', /clock is off/],
  [403, 'AccessDenied', /somebody else/],
  [403, 'InvalidAccessKeyId', /set AWS_ACCESS_KEY_ID/],
  [403, 'SignatureDoesNotMatch', /set AWS_SECRET_ACCESS_KEY/],
  [404, 'NoSuchBucket', /make it/],
  [301, 'PermanentRedirect', /set AWS_REGION/],
  [400, 'Whatever', /refused with 400 Whatever/],
])('%i %s is one line that says what to do, without the secret', async (status, code, line) => {
  answer = { status, text: told(code) }
  const fault = await open().catch(error => error)
  expect(fault).toMatchObject({ code: 'STORE_REFUSED', faults: [expect.stringMatching(line)] })
  expect(fault.message).not.toContain('not-to-be-shown')
})

test.each([
  [503, 'SlowDown'],
  [500, 'InternalError'],
  [409, 'ConditionalRequestConflict'],
])('%i %s may be tried again', async (status, code) => {
  answer = { status, text: told(code) }
  await expect(open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})

test('where nothing answers it may be tried again; without a login it is refused before anything is asked', async () => {
  server.close()
  await expect(open()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
  delete process.env.AWS_SECRET_ACCESS_KEY
  await expect(open()).rejects.toMatchObject({ code: 'STORE_REFUSED', faults: [expect.stringMatching(/no login/)] })
})

test('a listing goes over several pages, and keys come as they are', async () => {
  const page = (key: string, token: string): string =>
    `<R><Contents><Key>${key}</Key><Size>3</Size></Contents>${token && `<NextContinuationToken>${token}</NextContinuationToken>`}</R>`
  const pages = [page('lake/a+b%2B%26.json', 'n&amp;1'), page('lake/c', '')]
  const asked: string[] = []
  server.removeAllListeners('request')
  server.on('request', (request, response) => {
    asked.push(new URL(request.url!, 'http://x').searchParams.get('continuation-token') ?? '')
    response.end(pages[asked.length - 1])
  })
  expect(await openBucket('s3://bucket/lake').list('')).toEqual([
    { key: 'a b+&.json', size: 3 },
    { key: 'c', size: 3 },
  ])
  expect(asked).toEqual(['', 'n&1'])
})

test.each(['s3://', 's3://B', 's3://bucket/a b', 's3://user@bucket/x'])('%s names no bucket', place => {
  expect(() => openBucket(place)).toThrow(/write s3:\/\/BUCKET\/PREFIX/)
})
