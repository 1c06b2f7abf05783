"""Training with each convolution kernel, or in each precision. See scripts/study-numerics."""
