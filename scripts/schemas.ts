import { schemasCommand } from '../src/commands/schemas.ts'

await schemasCommand()
