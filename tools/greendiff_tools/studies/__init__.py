"""Studies: what the codec, the kernels and the training choices do to size, error and loss."""
