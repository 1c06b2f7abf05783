"""The energy solvers beside scipy's: see scripts/compare-solvers."""
