import { storeCommand } from '../src/commands/store.ts'

await storeCommand()
