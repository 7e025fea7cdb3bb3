import { createHash } from 'node:crypto'

export interface StaticFile {
  type: string
  bytes: Buffer
  etag: string
}

const types = { html: 'text/html', js: 'text/javascript', css: 'text/css' }

/** A file as it is served: a browser that has it asks only whether it is still the same. */
export function staticFile(type: keyof typeof types, text: string): StaticFile {
  const bytes = Buffer.from(text)
  const etag = `"${createHash('sha256').update(bytes).digest('hex').slice(0, 16)}"`
  return { type: `${types[type]}; charset=utf-8`, bytes, etag }
}
