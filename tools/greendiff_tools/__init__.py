"""What the scripts of GreenDiffusion do in Python. Each script of `scripts/` is a link to a short program beside this package."""
