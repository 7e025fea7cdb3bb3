/**
 * The view of an experiment's runs that the printed link opens: a line a model, without the trainings above them, the best PR-AUC
 * in the walk-forward first, with the figures that decide as columns. MLflow keeps a shared view as a tag of the experiment and
 * opens the one that the address names (tried with 3.17).
 */
export const leaderboard = {
  tag: 'mlflow.sharedViewState.spike60',
  query: 'viewStateShareKey=spike60',
  value: JSON.stringify(state()),
}

function state(): object {
  const metric = (key: string): string => `metrics.\`${key}\``
  const columns = [
    ...['test/pr_auc', 'test/pr_auc_low', 'test/pr_auc_high', 'test/prevalence', 'walk_forward/pr_auc'].map(metric),
    ...['validation/pr_auc', 'test/roc_auc', 'test/f1', 'test/brier', 'test/ece'].map(metric),
    'params.`kind`',
    'tags.`spike60.audit`',
    'tags.`spike60.simulated`',
  ]
  return {
    // only the runs of models have a kind
    searchFilter: "params.kind LIKE '%'",
    orderByKey: metric('test/pr_auc'),
    orderByAsc: false,
    startTime: 'ALL',
    lifecycleFilter: 'Active',
    datasetsFilter: [],
    modelVersionFilter: 'All Runs',
    selectedColumns: columns,
    columnOrder: columns,
    runsExpanded: {},
    runsPinned: [],
    runsHidden: [],
    runsHiddenMode: 'SHOW_ALL',
    viewMaximized: true,
    runListHidden: false,
    groupBy: null,
  }
}
