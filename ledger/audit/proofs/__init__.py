"""Proof that nothing changed: the log as a Merkle tree, signed, with proofs that need us not."""
