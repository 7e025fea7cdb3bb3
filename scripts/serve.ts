import { serveCommand } from '../src/commands/serve.ts'

await serveCommand()
