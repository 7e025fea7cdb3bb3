import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { needs } from '../harness/needs.ts'

const module = fileURLToPath(new URL('../../src/operations/log.ts', import.meta.url))
const code = `const { createLog } = await import('${module}')
process.stderr.write('1,000 quotes')
createLog().warn({ secret: process.env.KAFKA_PASSWORD, lag: 3 }, 'falls behind')`
const env = { ...process.env, NO_COLOR: '1', KAFKA_PASSWORD: 'tok-5f2c9b1d', LOG_LEVEL: 'info' }
const node = `'${process.execPath}' --input-type=module -e "${code.replaceAll('\n', ';')}"`
/** `script` gives a command a terminal. */
const lacksTerminal = spawnSync('script', ['--version']).error ? 'there is no script (util-linux)' : null

test('a log that a program reads has one JSON object a line, without secrets', () => {
  const { stderr } = spawnSync('sh', ['-c', node], { env, encoding: 'utf8' })
  expect(stderr).not.toContain('tok-5f2c9b1d')
  expect(JSON.parse(stderr.replace('1,000 quotes', ''))).toMatchObject({ msg: 'falls behind', lag: 3, level: 40 })
})

test('on a terminal it is a line for people, which first takes the progress away', needs(lacksTerminal), () => {
  const { stdout } = spawnSync('script', ['-qec', node, '/dev/null'], { env, encoding: 'utf8' })
  const [progress, line] = stdout.split('\r\x1b[K')
  expect(progress).toBe('1,000 quotes')
  expect(line).toMatch(/^\d\d:\d\d:\d\d WARN: falls behind \{.*"lag":3\}\r\n$/)
  expect(stdout).not.toContain('tok-5f2c9b1d')
})
