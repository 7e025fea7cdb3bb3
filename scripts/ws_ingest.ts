import { ingestCommand } from '../src/commands/ingest.ts'

await ingestCommand()
