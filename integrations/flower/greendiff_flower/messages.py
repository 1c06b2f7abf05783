"""What travels: bytes in Flower's arrays, with a type and a version that the receiver checks."""

from flwr.app import Array, ArrayRecord, ConfigRecord, RecordDict

from greendiff import Answer

VERSION = 1
WEIGHTS, FRAME = "greendiff.weights", "greendiff.frame"


class MessageError(Exception):
    """A message that is not of this app, or of another version."""


def keeps_images(settings):
    """Whether every device has images of its own, as the settings have it."""
    return any(line.split("#")[0].split() == ["partition:", "own"] for line in settings.splitlines())


def without_partition(settings):
    """The settings of a run that goes on: it knows how many images its devices have."""
    return "".join(f"{line}\n" for line in settings.splitlines() if not line.startswith("partition:"))


def with_images(settings, counts):
    """The settings with the number of images of each device, as the server needs them."""
    return f"{without_partition(settings)}partition: own:{','.join(map(str, counts))}\n"


def packed(kind, data):
    """Bytes as a record of one array."""
    array = Array(dtype="uint8", shape=(len(data),), stype=f"{kind}/{VERSION}", data=data)
    return ArrayRecord(array_dict={kind: array})


def unpacked(record, kind):
    """The bytes of a record that `packed` made."""
    array = record.get(kind)
    if array is None or array.stype != f"{kind}/{VERSION}":
        raise MessageError(f"{kind} of type {array.stype if array else 'none'} is not {kind}/{VERSION}: use one version everywhere")
    return array.data


def question(settings):
    return RecordDict({"run": ConfigRecord({"settings": settings})})


def assignment(settings, text, weights):
    """To a device: the run's settings, its assignment, the global weights."""
    return RecordDict({"run": ConfigRecord({"settings": settings, "assignment": text}), WEIGHTS: packed(WEIGHTS, weights)})


def answer(given):
    """From a device."""
    content = RecordDict({"answer": ConfigRecord({"text": given.text})})
    if given.frame is not None:
        content[FRAME] = packed(FRAME, given.frame)
    return content


def answer_of(content):
    """The device's `Answer` in a reply."""
    try:
        text = content["answer"]["text"]
    except KeyError as error:
        raise MessageError(f"a reply without {error}") from error
    if not isinstance(text, bytes):
        raise MessageError(f"an answer that is {type(text).__name__}, not bytes")
    return Answer(text, unpacked(content[FRAME], FRAME) if FRAME in content else None)
