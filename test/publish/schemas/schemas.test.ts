import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { readConfig } from '../../../src/config.ts'
import { incompatibilities } from '../../../src/publish/schemas/incompatibilities.ts'
import { registerSchemas } from '../../../src/publish/schemas/register.ts'
import { topicSchemas } from '../../../src/publish/schemas/topic_schemas.ts'

const root = fileURLToPath(new URL('../../..', import.meta.url))
const schemas = topicSchemas(readConfig())

test.each(schemas)(
  '$path: no change of $topic that a reader would stumble over without a new version',
  ({ path, schema }) => {
    const stored = JSON.parse(readFileSync(`${root}${path}`, 'utf8'))
    expect(incompatibilities(stored, schema), "give this topic's schema a new version").toEqual([])
    expect(JSON.parse(JSON.stringify(schema)), 'npm run docs').toEqual(stored)
  },
)

const before = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    size: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    side: { type: 'string', enum: ['buy', 'sell'] },
  },
  required: ['id'],
}
const changed = (properties: object, required = ['id']) => ({
  ...before,
  properties: { ...before.properties, ...properties },
  required,
})

test.each([
  ['a field that is gone', { ...before, properties: { id: { type: 'string' } } }, 'record.size: is gone'],
  ['another type', changed({ id: { type: 'integer' } }), 'record.id: is no longer string'],
  ['a null that is none', changed({ size: { type: 'number' } }), 'record.size[null]: is no longer null'],
  ['fewer values', changed({ side: { type: 'string', enum: ['buy'] } }), 'record.side: "sell" is no longer a value'],
  [
    'a field that must be there',
    changed({ venue: { type: 'string' } }, ['id', 'venue']),
    'record.venue: must be there now',
  ],
])('%s needs a new version', (_, after, fault) => {
  expect(incompatibilities(before, after)).toContain(fault)
})

test.each([
  ['the same', before],
  ['one field more', changed({ venue: { type: 'string' } })],
  ['one value more', changed({ side: { type: 'string', enum: ['buy', 'sell', 'none'] } })],
  ['a type that takes more', changed({ id: { anyOf: [{ type: 'string' }, { type: 'null' }] } })],
])('%s needs none', (_, after) => {
  expect(incompatibilities(before, after)).toEqual([])
})

test('a kind of event that is gone needs a new version', () => {
  const { schema } = schemas[0]
  const oneOf = (schema.oneOf ?? schema.anyOf) as object[]
  expect(incompatibilities(schema, { ...schema, oneOf: oneOf.slice(1), anyOf: undefined })).not.toEqual([])
})

const servers: { close(): void }[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})

/** A pretended registry: one id a subject and text, a refusal for subjects it was told of. */
async function serve(refused?: string) {
  const ids = new Map<string, number>()
  const seen: { url: string; type?: string; login?: string }[] = []
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', part => (text += part))
    request.on('end', () => {
      seen.push({ url: request.url!, type: request.headers['content-type'], login: request.headers.authorization })
      const { schemaType, schema } = JSON.parse(text)
      const key = `${request.url} ${schema}`
      if (!ids.has(key)) ids.set(key, ids.size + 1)
      const isFine = schemaType === 'JSON' && JSON.parse(schema) !== null && !request.url!.includes(refused ?? ' ')
      response.writeHead(isFine ? 200 : 409).end(isFine ? JSON.stringify({ id: ids.get(key) }) : '{"error_code":409}')
    })
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { place: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

test('each schema is registered under its topic, and a second time under the same id', async () => {
  const { place, seen } = await serve()
  const password = randomUUID()
  const first = await registerSchemas(schemas, `http://me:${password}@${place}/`)
  expect(first.map(({ subject }) => subject)).toContain('ticks.raw-value')
  expect(await registerSchemas(schemas, `http://me:${password}@${place}`)).toEqual(first)
  const login = `Basic ${Buffer.from(`me:${password}`).toString('base64')}`
  expect(seen[0]).toEqual({
    url: '/subjects/ticks.raw-value/versions',
    type: 'application/vnd.schemaregistry.v1+json',
    login,
  })
})

test('a registry that refuses, and none at all, are one line each, without the login', async () => {
  const { place } = await serve('ticks.late')
  const secret = randomUUID()
  const failure = async (url: string) => registerSchemas(schemas, url).catch(error => error)
  const refused = await failure(`http://me:${secret}@${place}`)
  expect(refused).toMatchObject({
    code: 'CHECK_FAILED',
    faults: [expect.stringContaining('refuses ticks.late-value: status 409')],
  })
  const nobody = await failure(`http://me:${secret}@127.0.0.1:9`)
  expect(nobody).toMatchObject({
    code: 'SOCKET_FAILED',
    faults: [expect.stringContaining('no schema registry answers')],
  })
  for (const { message } of [refused, nobody]) expect(message).not.toContain(secret)
})
