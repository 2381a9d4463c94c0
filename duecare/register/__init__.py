"""Where rebuildable tables are kept, and the only package that imports an engine."""
