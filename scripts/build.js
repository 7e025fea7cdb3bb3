// What npm publishes: src/ as JavaScript and types in dist/, with what else stands in it. And the script of docs/playground.
import { spawnSync } from 'node:child_process'
import { cpSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildPlayground } from './build_playground.ts'

rmSync('dist', { recursive: true, force: true })
const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url))
const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: ['ignore', 2, 2] })
if (status !== 0) process.exit(1)
// The page's own TypeScript is served without its types, as in a checkout.
const isKept = path => !path.endsWith('.ts') || path.replaceAll('\\', '/').startsWith('src/serve/desk/page/')
cpSync('src', 'dist', { recursive: true, filter: isKept })
await buildPlayground()
