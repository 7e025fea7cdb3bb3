import type { Answer, Route } from './route.ts'
import type { View } from './view.ts'

export interface Answered {
  status: number
  text: string
}

const mostKept = 500

/** Answers of the routes as text; where a route may be some seconds old, it is made at most once in them. */
export class AnswerCache {
  private readonly kept = new Map<string, Answered & { until: number }>()

  /** @param now milliseconds of a clock that never goes back. */
  answer(route: Route, view: View, product: string | null, query: URLSearchParams, now: number): Answered {
    if (route.cacheSeconds === 0) return told(route.answer(view, product, query))
    const key = `${route.path} ${product} ${query}`
    const former = this.kept.get(key)
    if (former !== undefined && former.until > now) return former
    const fresh = { ...told(route.answer(view, product, query)), until: now + 1000 * route.cacheSeconds }
    this.kept.delete(key)
    if (fresh.status !== 200) return fresh
    this.kept.set(key, fresh)
    if (this.kept.size > mostKept) this.kept.delete(this.kept.keys().next().value!)
    return fresh
  }
}

function told({ status, body }: Answer): Answered {
  return { status, text: JSON.stringify(body) }
}
