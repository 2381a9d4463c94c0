"""Door: long work outside of people's requests, one piece after the other, in a worker process of its own."""
