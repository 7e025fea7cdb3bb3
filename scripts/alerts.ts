import { alertsCommand } from '../src/commands/alerts.ts'

await alertsCommand()
