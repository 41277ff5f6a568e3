"""`python -m benchmarks`: what the program costs, as ratios against a base measured in the same run."""
