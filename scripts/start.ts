import { startCommand } from '../src/commands/start.ts'

await startCommand()
