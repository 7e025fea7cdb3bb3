import { z } from 'zod'
import { isProductName, productRule } from '../config.ts'
import type { faultBody } from './bodies.ts'
import type { ProductView, View } from './view.ts'

/** What is answered: a body for JSON, and whether it is one. */
export interface Answer {
  status: 200 | 404 | 422 | 503
  body: object
}

export interface Route {
  /** With at most one part in braces, which is a product. */
  path: string
  summary: string
  query: z.ZodObject
  body: z.ZodType
  /** So long a client, and this process, may give the same answer again; 0 for never. */
  cacheSeconds: number
  /** Counts for the client's requests a minute. */
  limited: boolean
  answer(view: View, product: string | null, query: URLSearchParams): Answer
}

interface ProductRoute<Query extends z.ZodObject, Body extends z.ZodType> {
  path: string
  summary: string
  query: Query
  body: Body
  cacheSeconds?: number
  answer(product: ProductView, query: z.infer<Query>, view: View): z.infer<Body> | string | Away
}

/** Why nothing can be said of any product now. */
interface Away {
  away: string
}

/** A route of one product: 404 for one that is not known, or where the answer is a line that says what is not there. */
export function productRoute<Query extends z.ZodObject, Body extends z.ZodType>(
  given: ProductRoute<Query, Body>,
): Route {
  return {
    ...{ cacheSeconds: 0, limited: true, ...given },
    answer(view, name, asked) {
      if (name === null || !isProductName(name)) return refuse(422, productRule)
      const query = readQuery(given.query, asked)
      if (typeof query === 'string') return refuse(422, query)
      const product = view.find(name)
      if (product === null)
        return { status: 404, body: { error: `${name} is not known`, known: [...view.products.keys()] } }
      const body = given.answer(product, query, view)
      if (typeof body === 'string') return refuse(404, body)
      return isAway(body) ? refuse(503, body.away) : { status: 200, body: Object(body) }
    },
  }
}

function isAway(body: unknown): body is Away {
  return typeof body === 'object' && body !== null && 'away' in body
}

interface PlainRoute<Query extends z.ZodObject, Body extends z.ZodType>
  extends Omit<ProductRoute<Query, Body>, 'answer'> {
  limited?: boolean
  answer(view: View, query: z.infer<Query>): { status?: 200 | 503; body: z.infer<Body> }
}

/** A route of everything. */
export function plainRoute<Query extends z.ZodObject, Body extends z.ZodType>(given: PlainRoute<Query, Body>): Route {
  return {
    ...{ cacheSeconds: 0, limited: true, ...given },
    answer(view, _, asked) {
      const query = readQuery(given.query, asked)
      if (typeof query === 'string') return refuse(422, query)
      const { status = 200, body } = given.answer(view, query)
      return { status, body: Object(body) }
    },
  }
}

/** A parameter that is a whole number. */
export function whole(least: number, most: number, usual: number): z.ZodDefault<z.ZodInt> {
  const takes = `takes a whole number, ${least} to ${most}`
  return z.int(takes).min(least, takes).max(most, takes).default(usual)
}

function refuse(status: 404 | 422 | 503, error: string): Answer {
  return { status, body: { error } satisfies z.infer<typeof faultBody> }
}

/** @returns a line of what is wrong where it is not as the schema says. */
function readQuery<Query extends z.ZodObject>(schema: Query, asked: URLSearchParams): z.infer<Query> | string {
  const values: Record<string, unknown> = {}
  for (const [name, text] of asked) {
    if (!(name in schema.shape)) continue
    if (name in values) return `${name}: stands twice`
    values[name] = /^-?\d{1,15}$/.test(text) ? Number(text) : text
  }
  const { data, error } = schema.safeParse(values)
  return data ?? error!.issues.map(({ path: [name], message }) => `${String(name)}: ${message}`).join('; ')
}
