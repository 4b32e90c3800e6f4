"""A fault laboratory: the product on real servers while these fail, and a checker of its own."""
