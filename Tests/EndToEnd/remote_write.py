"""Remote write 1.0 requests, made by hand: protobuf messages in a snappy block.

The block holds literals only: that is a valid block, and needs no compressor.
"""

import struct


def varint(number: int) -> bytes:
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, content: bytes) -> bytes:
    """A length-delimited field."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def label(name: str | bytes, value: str | bytes) -> bytes:
    def encoded(text):
        return text.encode() if isinstance(text, str) else text

    return field(1, field(1, encoded(name)) + field(2, encoded(value)))


def sample(time_ms: int, value: float) -> bytes:
    """A double (field 1) and a time in milliseconds (field 2); negative times are ten bytes long."""
    return field(2, b"\x09" + struct.pack("<d", value) + b"\x10" + varint(time_ms & (1 << 64) - 1))


def time_series(labels: dict, samples) -> bytes:
    return field(1, b"".join(label(name, labels[name]) for name in sorted(labels)) + b"".join(sample(*pair) for pair in samples))


def metadata(family: str, kind: int, help_text: str, unit: str = "") -> bytes:
    return field(3, b"\x08" + varint(kind) + field(2, family.encode()) + field(4, help_text.encode()) + field(5, unit.encode()))


def snappy_block(data: bytes) -> bytes:
    out = bytearray(varint(len(data)))
    for start in range(0, len(data), 65_536):
        piece = data[start:start + 65_536]
        out += b"\xf4" + struct.pack("<H", len(piece) - 1) + piece
    return bytes(out)


HEADERS = {"Content-Type": "application/x-protobuf", "Content-Encoding": "snappy", "X-Prometheus-Remote-Write-Version": "0.1.0"}


def write_body(series) -> bytes:
    """The body for pairs of labels and samples."""
    return snappy_block(b"".join(time_series(labels, samples) for labels, samples in series))
