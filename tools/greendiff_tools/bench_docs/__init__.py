"""Tables and pictures of docs/benchmarks.md from result files: see scripts/bench-docs."""
