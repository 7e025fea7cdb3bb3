import { archiveCommand } from '../src/commands/archive.ts'

await archiveCommand()
