"""What every JSON document of ours is made of."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """A part of a document: frozen, in the order in which its fields are declared."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)


class Place(Model):
    """Where a fact was seen."""

    path: str
    line: int = 0
