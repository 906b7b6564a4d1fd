"""What safety costs: dated prices, sizes of teams, and formulas that show their inputs.

Nothing is exported here, so that importing the package costs nothing; import from the modules:

* `remit.costs.prices`: `load_prices`, `Prices`, `stale`
* `remit.costs.tiers`: `tier_of`, `TeamTier`
* `remit.costs.formulas`: `Figure`, `Line`, `monthly_cost`, `rds_billable_gb`, `rds_backup_month`, `cost_per_session`,
  `cost_per_person`, `labour`, `break_even_months`, `expected_loss`, `loss_avoided`
* `remit.costs.controls`: `control_cost`, `control_costs`, `ControlCost`, `plan_cost`, `PlanCost`
* `remit.costs.stack`: `stack_cost`, `StackCost`
* `remit.costs.reference`: the page `docs/costs.md`
"""
