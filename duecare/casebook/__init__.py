"""Ground: the irreplaceable human record. What people decided, promised, checked and found; append-only where a person judged."""
