import { mlflowCommand } from '../src/commands/mlflow.ts'

await mlflowCommand()
