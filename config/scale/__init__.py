"""A market of a province's size to measure with: fictional, the same for the same seed, streamed by COPY."""
