import { backfillCommand } from '../src/commands/backfill.ts'

await backfillCommand()
