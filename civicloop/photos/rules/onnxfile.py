"""Two things about an ONNX file that no library here tells: the texts kept in it, and giving its input a fixed size.

Only the outer shell of the protobuf is read (onnx.proto: ModelProto 7 = graph, 14 = metadata_props; GraphProto 11 = input).
OpenCV works out the shapes inside a network when it is read; with an open input size it cannot for the text reader.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

GRAPH, METADATA, INPUT = 7, 14, 11
FLOAT = 1


def metadata(model: bytes) -> dict[str, str]:
    """The texts kept in the file by name, such as the characters a reader knows."""
    found: dict[str, str] = {}
    for number, begin, end in fields(model, 0, len(model)):
        if number == METADATA:
            parts = {key: model[a:b].decode() for key, a, b in fields(model, begin, end)}
            found[parts.get(1, "")] = parts.get(2, "")
    return found


def with_fixed_input(model: bytes, shape: Sequence[int]) -> bytes:
    """The model with its first input of this shape, all else unchanged."""
    for number, begin, end in fields(model, 0, len(model)):
        if number == GRAPH:
            graph = _graph_with_input(model[begin:end], shape)
            head = len(_key(GRAPH)) + len(_varint(end - begin))
            return model[: begin - head] + _packed(GRAPH, graph) + model[end:]
    raise ValueError("no graph in this file")


def _graph_with_input(graph: bytes, shape: Sequence[int]) -> bytes:
    for number, begin, end in fields(graph, 0, len(graph)):
        if number == INPUT:
            name = next(graph[a:b] for key, a, b in fields(graph, begin, end) if key == 1)
            sizes = b"".join(_packed(1, b"\x08" + _varint(size)) for size in shape)
            tensor = b"\x08" + _varint(FLOAT) + _packed(2, sizes)
            value = _packed(1, name) + _packed(2, _packed(1, tensor))
            head = len(_key(INPUT)) + len(_varint(end - begin))
            return graph[: begin - head] + _packed(INPUT, value) + graph[end:]
    raise ValueError("no input in this graph")


def fields(data: bytes, begin: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Number, begin and end of every length-delimited field; others are passed over."""
    place = begin
    while place < end:
        key, place = _read_varint(data, place)
        number, wire = key >> 3, key & 7
        if wire == 2:
            size, place = _read_varint(data, place)
            yield number, place, place + size
            place += size
        elif wire == 0:
            _, place = _read_varint(data, place)
        elif wire in (1, 5):
            place += 8 if wire == 1 else 4
        else:
            raise ValueError("not a protobuf file")


def _read_varint(data: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[place]
        value |= (byte & 0x7F) << shift
        place, shift = place + 1, shift + 7
        if byte < 0x80:
            return value, place


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _key(number: int) -> bytes:
    return _varint(number << 3 | 2)


def _packed(number: int, payload: bytes) -> bytes:
    return _key(number) + _varint(len(payload)) + payload
