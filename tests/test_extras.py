"""What is said of an optional library that is not installed."""

import sys

import pytest

from landsea_routing._extras import need
from landsea_routing.errors import LandseaError, MissingExtraError


def test_one_sentence_with_the_cure():
    with pytest.raises(MissingExtraError) as error:
        need("no_such_library.part", extra="geo")
    said = str(error.value)
    assert said == 'no_such_library is not installed. Cure: pip install "landsea-routing[geo]".'
    assert isinstance(error.value, LandseaError)
    assert isinstance(error.value, ImportError)


def test_what_breaks_inside_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "needs_another.py").write_text("import no_such_library")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_library") as error:
        need("needs_another", extra="geo")
    assert not isinstance(error.value, LandseaError)
    assert "needs_another" not in sys.modules
