"""Why a frame is refused: one exception, whose kind is the name in the specification's list of checks."""

KINDS = (
    "truncated",
    "notAFrame",
    "unsupportedVersion",
    "limitExceeded",
    "trailingBytes",
    "checksumMismatch",
    "carriedNotAccepted",
    "unknownID",
    "reservedNotZero",
    "invalidField",
    "layoutMismatch",
    "invalidScale",
    "reservedCode",
    "valueOutOfRange",
    "damagedCodes",
    "unbound",
    "bindingMismatch",
)


class FrameError(ValueError):
    """A frame that the specification refuses. `kind` is one of `KINDS`."""

    def __init__(self, kind: str, message: str):
        assert kind in KINDS, kind
        super().__init__(f"{kind}: {message}")
        self.kind = kind


def require(condition: bool, kind: str, message: str) -> None:
    if not condition:
        raise FrameError(kind, message)
