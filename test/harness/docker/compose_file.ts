import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'

const duration = z.string().regex(/^\d+(ms|s|m)$/, 'a duration looks like 10s')
const words = z.array(z.string().min(1)).min(1)

const healthcheck = z.strictObject({
  test: z.tuple([z.literal('CMD')], z.string()),
  interval: duration,
  timeout: duration,
  retries: z.int().min(1),
  start_period: duration,
})

const bytes = z.string().regex(/^\d+[mg]$/, 'a size looks like 512m')
const tmpfs = z.array(z.string().startsWith('/')).min(1)

const service = z.strictObject({
  // Postgres counts its versions in two numbers.
  image: z
    .string()
    .regex(
      /^([a-z0-9./-]+:v?\d+\.\d+\.\d+[a-z0-9.-]*|postgres:\d+\.\d+-[a-z]+)$/,
      'an image is pinned to a full version',
    ),
  user: z.string().regex(/^[1-9]\d*:[1-9]\d*$/, 'a service runs as a user and a group that are not root'),
  read_only: z.literal(true),
  cap_drop: z.tuple([z.literal('ALL')]),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  tmpfs,
  mem_limit: bytes,
  cpus: z.number().positive(),
  pids_limit: z.int().positive(),
  logging: z.strictObject({
    driver: z.literal('json-file'),
    options: z.strictObject({ 'max-size': bytes, 'max-file': z.string() }),
  }),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  command: words.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.string()).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+:\d+$/, 'a port is published on 127.0.0.1 only')).optional(),
  volumes: z
    .array(
      z
        .string()
        .regex(/^([a-z][a-z0-9_]*:\/[^:]+|\.\.?\/[^:]+:\/[^:]+:ro)$/, 'a volume is name:/path, or ./path:/path:ro'),
    )
    .optional(),
  depends_on: z.record(z.string(), z.strictObject({ condition: z.literal('service_healthy') })).optional(),
  healthcheck,
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']),
  stop_grace_period: duration.optional(),
})

const compose = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
    services: z.record(z.string().regex(/^[a-z0-9][a-z0-9_-]*$/), service),
    volumes: z.record(z.string(), z.null()),
  })
  .superRefine((file, context) => {
    const fault = (message: string, ...path: string[]) => context.addIssue({ code: 'custom', message, path })
    const published = new Map<string, string>()
    const used = new Set<string>()
    for (const [name, { depends_on, ports, volumes }] of Object.entries(file.services)) {
      for (const other of Object.keys(depends_on ?? {})) {
        if (other === name || !(other in file.services))
          fault(`there is no other service ${other}`, 'services', name, 'depends_on')
      }
      for (const port of ports ?? []) {
        const host = port.split(':')[1]
        if (published.has(host)) fault(`port ${host} is ${published.get(host)}'s already`, 'services', name, 'ports')
        published.set(host, name)
      }
      for (const volume of volumes ?? []) {
        const source = volume.split(':')[0]
        if (source.startsWith('.')) continue
        used.add(source)
        if (!(source in file.volumes)) fault(`volume ${source} is not declared`, 'services', name, 'volumes')
      }
    }
    for (const name of Object.keys(file.volumes)) if (!used.has(name)) fault('nobody uses this volume', 'volumes', name)
    const visit = (name: string, above: string[]): void => {
      if (above.includes(name)) fault(`waits for itself by ${above.join(', ')}`, 'services', name, 'depends_on')
      else for (const other of Object.keys(file.services[name]?.depends_on ?? {})) visit(other, [...above, name])
    }
    for (const name of Object.keys(file.services)) visit(name, [])
  })

export type ComposeFile = z.infer<typeof compose>
export type Service = z.infer<typeof service>

/**
 * A compose file as `docker compose config` sees it: merge keys resolved, `x-` parts gone, `${NAME}` and `${NAME:-default}` filled in
 * from `environment`.
 * @throws Error with one line a fault.
 */
export function readCompose(text: string, environment: Record<string, string | undefined>): ComposeFile {
  const faults: string[] = []
  const filled = text.replace(
    /\$(?:(\$)|\{([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\}|(.))/g,
    (whole, dollar, name, fallback) => {
      if (dollar) return '$'
      const value = name === undefined ? undefined : environment[name] || fallback
      if (value === undefined) faults.push(`${whole}: is not set, or not of the form \${NAME:-default}`)
      return value ?? ''
    },
  )
  if (faults.length > 0) throw new Error(faults.join('\n'))
  const parsed = parse(filled, { merge: true, uniqueKeys: true }) as Record<string, unknown>
  const parts = Object.fromEntries(Object.entries(parsed).filter(([key]) => !key.startsWith('x-')))
  const result = compose.safeParse(parts)
  if (result.success) return result.data
  throw new Error(result.error.issues.map(issue => `${issue.path.join('.') || '(top)'}: ${issue.message}`).join('\n'))
}

/** Variables of `NAME=value` lines. */
export function readEnvFile(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n')
  return Object.fromEntries(
    lines
      .filter(line => /^[A-Z]/.test(line))
      .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  )
}
