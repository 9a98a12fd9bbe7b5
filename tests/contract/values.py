"""Terraform's msgpack, as far as tests need it, written independently of the product's codec."""

import json
import struct


class Unknown:
    """A value that is not known yet."""

    def __eq__(self, other):
        return isinstance(other, Unknown)

    def __hash__(self):
        return 0

    def __repr__(self):
        return "UNKNOWN"


UNKNOWN = Unknown()


class Dynamic:
    """A value where the schema leaves the type open: `type` as in a schema's JSON."""

    def __init__(self, type, value):
        self.type, self.value = type, value


def encode(v):
    if v is None:
        return b"\xc0"
    if isinstance(v, Unknown):
        return b"\xd4\x00\x00"
    if isinstance(v, bool):
        return b"\xc3" if v else b"\xc2"
    if isinstance(v, int):
        return struct.pack("b", v) if -32 <= v < 128 else b"\xd3" + struct.pack(">q", v)
    if isinstance(v, float):
        return b"\xcb" + struct.pack(">d", v)
    if isinstance(v, str):
        text = v.encode()
        return b"\xdb" + struct.pack(">I", len(text)) + text
    if isinstance(v, Dynamic):
        kind = json.dumps(v.type).encode()
        return b"\x92\xc4" + bytes([len(kind)]) + kind + encode(v.value)
    if isinstance(v, dict):
        return b"\xdf" + struct.pack(">I", len(v)) + b"".join(
            encode(k) + encode(v[k]) for k in sorted(v))
    return b"\xdd" + struct.pack(">I", len(v)) + b"".join(encode(e) for e in v)


def decode(data):
    v, rest = _decode(memoryview(data))
    assert not rest, f"{len(rest)} bytes too many"
    return v


_SIZES = {0xC4: "B", 0xC5: ">H", 0xC6: ">I", 0xD9: "B", 0xDA: ">H", 0xDB: ">I",
          0xDC: ">H", 0xDD: ">I", 0xDE: ">H", 0xDF: ">I", 0xC7: "B", 0xC8: ">H", 0xC9: ">I"}
_NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: "B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q",
            0xD0: "b", 0xD1: ">h", 0xD2: ">i", 0xD3: ">q"}
_CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
_FIXED_EXTENSIONS = {0xD4: 1, 0xD5: 2, 0xD6: 4, 0xD7: 8, 0xD8: 16}


def _decode(data):
    head, data = data[0], data[1:]
    if head in _CONSTANTS:
        return _CONSTANTS[head], data
    if head < 0x80 or head >= 0xE0:
        return struct.unpack("b", bytes([head]))[0], data
    if head in _NUMBERS:
        size = struct.calcsize(_NUMBERS[head])
        return struct.unpack(_NUMBERS[head], data[:size])[0], data[size:]
    if head in _FIXED_EXTENSIONS:
        return UNKNOWN, data[1 + _FIXED_EXTENSIONS[head]:]
    size = None
    if head in _SIZES:
        width = struct.calcsize(_SIZES[head])
        size, data = struct.unpack(_SIZES[head], data[:width])[0], data[width:]
    if head in (0xC7, 0xC8, 0xC9):
        return UNKNOWN, data[1 + size:]
    if 0xA0 <= head < 0xC0 or head in (0xC4, 0xC5, 0xC6, 0xD9, 0xDA, 0xDB):
        size = head & 31 if size is None else size
        text = bytes(data[:size])
        return (text if head in (0xC4, 0xC5, 0xC6) else text.decode()), data[size:]
    if 0x80 <= head < 0x90 or head in (0xDE, 0xDF):
        return _decode_map(head & 15 if size is None else size, data)
    return _decode_list(head & 15 if size is None else size, data)


def _decode_map(size, data):
    found = {}
    for _ in range(size):
        key, data = _decode(data)
        found[key], data = _decode(data)
    return found, data


def _decode_list(size, data):
    found = []
    for _ in range(size):
        element, data = _decode(data)
        found.append(element)
    return found, data


def complete(block, given):
    """The whole object of a block: what is not given is null, or an empty list of blocks."""
    if given is None or isinstance(given, Unknown):
        return given
    absent = {a.name: None for a in block.attributes}
    for b in block.block_types:
        absent[b.type_name] = {b.SINGLE: None, b.MAP: {}}.get(b.nesting, [])
    assert set(given) <= set(absent), set(given) - set(absent)
    return absent | given
