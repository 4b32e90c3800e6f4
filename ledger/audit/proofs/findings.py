"""What a verification finds."""

from typing import NamedTuple


class Since(NamedTuple):
    """The first checkpoint that tells of a leaf: the change came after it.

    Attributes:
        size: leaves of its tree.
        where: the file that it is in, or whose.

    """

    size: int
    where: str


class Finding(NamedTuple):
    """One deviation of the log from the tree, or of the tree from what was signed.

    Attributes:
        kind: in one word or two, for programs.
        text: a sentence.
        position: of the event in the log; None when it is about no single one.
        leaf: its number in the tree.
        since: which checkpoint was the first to have it right.

    """

    kind: str
    text: str
    position: int | None = None
    leaf: int | None = None
    since: Since | None = None

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.since is None:
            return f"{self.kind}: {self.text}"
        right = f"it was right in the checkpoint of {self.since.size} leaves ({self.since.where})"
        return f"{self.kind}: {self.text}; {right}"
