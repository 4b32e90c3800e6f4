"""What a verification finds."""

from typing import NamedTuple


class Since(NamedTuple):
    """The first checkpoint that tells of a leaf, and thus between which two its event was made.

    Attributes:
        size: leaves of its tree.
        where: the file that it is in, or whose.
        after: size of the checkpoint before it, 0 when it is the first.
        tree: of which tree, `` for the log's.

    """

    size: int
    where: str
    after: int = 0
    tree: str = ""


class Finding(NamedTuple):
    """One deviation of the log from the tree, of the tree from what was signed, of a table.

    Attributes:
        kind: in one word or two, for programs.
        text: a sentence.
        position: of the event in the log; of a row, of the last event that made it what it has to
            be. None when it is about no single one.
        leaf: its number in the tree.
        since: which checkpoint was the first to have it right.
        table: with schema, of what is not of the log itself.
        key: of the row.
        account: whose.

    """

    kind: str
    text: str
    position: int | None = None
    leaf: int | None = None
    since: Since | None = None
    table: str | None = None
    key: str | None = None
    account: str | None = None

    def __str__(self) -> str:
        """Say it in a sentence."""
        if self.since is None:
            return f"{self.kind}: {self.text}"
        size, where, after, tree = self.since
        if self.table is None or tree:
            right = f"it was right in the checkpoint of {size} leaves ({where})"
        else:
            between = f"between the checkpoints of {after} and {size} leaves" if after else (
                f"before the checkpoint of {size} leaves")  # fmt: skip
            right = f"the log has what is right since position {self.position}, {between} ({where})"
        return f"{self.kind}: {self.text}; {right}"
