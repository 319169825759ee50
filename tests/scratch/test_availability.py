"""Methods behind a condition: there or not, for hasattr, for the class, and for pickle."""

import inspect
import pickle

import pytest

from firsthand.scratch.availability import available_if


class Door:
    def __init__(self, locked=True):
        self.locked = locked

    @available_if(lambda door: not door.locked)
    def open(self, wide: bool = False) -> str:
        """Say how."""
        return "wide open" if wide else "open"


def test_is_there_while_the_condition_holds():
    door = Door()
    assert not hasattr(door, "open")
    with pytest.raises(AttributeError, match="This Door has no 'open'"):
        door.open()
    door.locked = False
    assert door.open() == "open"
    assert door.open(wide=True) == "wide open"
    assert pickle.loads(pickle.dumps(door)).open() == "open"


def test_looks_like_the_method_it_is():
    assert Door.open(Door(locked=False)) == "open"
    assert Door.open.__doc__ == "Say how."
    assert list(inspect.signature(Door(locked=False).open).parameters) == ["wide"]
    assert Door(locked=False).open.__name__ == "open"
