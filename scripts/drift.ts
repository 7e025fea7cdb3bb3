import { driftCommand } from '../src/commands/drift.ts'

await driftCommand()
