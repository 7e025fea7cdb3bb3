import { docsCommand } from '../src/commands/docs.ts'

await docsCommand()
