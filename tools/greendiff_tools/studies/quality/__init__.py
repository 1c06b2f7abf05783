"""Image quality against energy: real signs, several codecs and seeds. See scripts/study-quality."""
