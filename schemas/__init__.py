"""The border: what bytes from outside must look like, and what is wrong with those that do not."""
