"""The answer of Snapshot.graph(): a picture."""
import warnings
from dataclasses import dataclass, field
from typing import Literal, Optional

from holdfast import _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    import os


@dataclass(frozen=True)
class Picture:
    """A picture of the neighbourhood of objects. A notebook shows it."""
    description: str
    dot: str = field(repr=False)     #: in the DOT language
    num_nodes: int           #: drawn
    num_edges: int
    num_omitted: int         #: references left out; the picture says so too

    def save(self, path: "str | bytes | os.PathLike[str]", *, seconds: int = 30) -> None:
        """Write it as SVG, PNG, PDF or DOT, as the ending of the name says; Graphviz may take that many seconds."""
        _core.save_picture(self.dot, path, seconds=seconds)

    def render(self, format: "Literal['svg', 'png', 'pdf', 'dot']" = "svg", *, seconds: int = 30) -> bytes:
        """The bytes of the picture: "svg", "png", "pdf" or "dot"."""
        return _core.render(self.dot, format, seconds=seconds)

    def _repr_svg_(self) -> Optional[str]:
        """Asked for by frontends that show pictures; without Graphviz a warning says what is missing."""
        try:
            return self.render("svg").decode()
        except (RuntimeError, OSError) as error:
            warnings.warn(str(error), RuntimeWarning, stacklevel=2)
            return None
