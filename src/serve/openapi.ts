import { z } from 'zod'
import { faultBody } from './bodies.ts'
import type { Route } from './route.ts'

/** What the routes take and give, as OpenAPI 3.1, made of the schemas that check it. */
export function openApiOf(routes: Route[], version: string): object {
  const paths = Object.fromEntries(routes.map(route => [route.path, { get: operationOf(route) }]))
  return {
    openapi: '3.1.0',
    info: {
      title: 'spike60',
      version,
      description:
        'What the topics say now. Simulated numbers are said to be: see `simulated` in each body. Paper trading only.',
    },
    paths,
  }
}

function operationOf({ path, summary, query, body, cacheSeconds, limited }: Route): object {
  const named = /\{(\w+)\}/.exec(path)?.[1]
  const { properties = {} } = z.toJSONSchema(query, { io: 'input' })
  const faults = [422, ...(named ? [404] : []), ...(limited ? [429] : []), 503]
  return {
    summary,
    parameters: [
      ...(named ? [{ name: named, in: 'path', required: true, schema: { type: 'string' } }] : []),
      ...Object.entries(properties).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    ],
    responses: {
      200: {
        description: cacheSeconds > 0 ? `may be ${cacheSeconds} s old` : 'as of now',
        content: { 'application/json': { schema: schemaOf(body) } },
      },
      ...Object.fromEntries(
        faults.map(status => [
          status,
          { description: meanings[status], content: { 'application/json': { schema: schemaOf(faultBody) } } },
        ]),
      ),
    },
  }
}

const meanings: Record<number, string> = {
  404: 'not known, or nothing of it has come yet',
  422: 'a parameter is not as it should be',
  429: 'too many requests in the last minute; see Retry-After',
  503: 'not there now',
}

function schemaOf(schema: z.ZodType): object {
  const { $schema: _, ...own } = z.toJSONSchema(schema)
  return own
}

/** The same for people: a plain page without a script. */
export function docsPage(routes: Route[]): string {
  const rows = routes.map(({ path, summary, query, cacheSeconds }) => {
    const { properties = {} } = z.toJSONSchema(query, { io: 'input' })
    const takes = Object.entries(properties).map(([name, schema]) => `${name} ${escaped(limitsOf(schema))}`)
    const cells = [
      `<code>GET ${escaped(path)}</code>`,
      escaped(summary),
      takes.join('<br>'),
      cacheSeconds > 0 ? `${cacheSeconds} s` : '',
    ]
    return `<tr>${cells.map(cell => `<td>${cell}</td>`).join('')}</tr>`
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>spike60 API</title><h1>spike60 API</h1>
<p>JSON, GET only. <a href="/openapi.json">/openapi.json</a> says every field. <code>/events</code> is a stream of server-sent events.</p>
<table border="1" cellpadding="6"><tr><th>route</th><th>what</th><th>parameters</th><th>cache</th></tr>${rows.join('\n')}</table></html>
`
}

function limitsOf(schema: unknown): string {
  const { minimum, maximum, default: usual } = Object(schema) as Record<string, unknown>
  return minimum === undefined ? '' : `${minimum} to ${maximum}, ${usual} when absent`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
