import { featurizeCommand } from '../src/commands/featurize.ts'

await featurizeCommand()
