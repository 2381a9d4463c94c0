"""Pages, one module for each part; ``urls`` imports every module of this package, which registers its routes."""
