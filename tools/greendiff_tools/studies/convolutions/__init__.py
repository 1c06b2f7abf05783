"""Training with each convolution kernel. See scripts/study-convolutions."""
