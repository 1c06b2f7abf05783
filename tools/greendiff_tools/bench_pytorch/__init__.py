"""The measured comparison of greendiff with PyTorch: see scripts/bench-pytorch."""
