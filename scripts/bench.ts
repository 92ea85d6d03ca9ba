/** Benchmarks: each figure a ratio taken in one run. There is nothing to measure yet; issue by issue they come here. */
process.stdout.write('No benchmarks yet.\n')
