import { reportCommand } from '../src/commands/report.ts'

await reportCommand()
