"""What the Python tests and benches share: a fake cluster, terraform, and where the build is."""
