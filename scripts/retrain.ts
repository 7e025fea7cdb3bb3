import { retrainCommand } from '../src/commands/retrain.ts'

await retrainCommand()
