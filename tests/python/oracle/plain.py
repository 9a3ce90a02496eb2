"""A second reader of snapshot files, written from the byte tables of lib/snapshot/format.h and snapshot.h alone.

It reads files that are stored plainly (plain=True), where each section is a column as it is in memory. The tests look
at references through it, so that what they see has not passed through the code under test on the way back.
"""
import collections
import struct

MAGIC = b"\x89HFS\r\n\x1a\n"
NAME_KINDS = ("none", "attribute", "dict", "item", "key", "value", "member", "local", "stack", "cell", "type", "field",
              "template")
ROOT_KINDS = ("module", "frame", "builtins", "interpreter", "static type", "immortal", "outside")
GC, TRACKED, IMMORTAL, FROZEN, FINALIZER, TYPE, SCANNED, SIZE_BASIC = (1 << bit for bit in range(8))
EXTRA = 1                # flag of a name
BIG_SIZE = 0xFFFFFFFF    # the size is in big_sizes
NONE = 0xFFFFFFFF        # no frame, no node

# id: name, and either the letter of a number or the layout of a record
SECTIONS = {2: ("chunk_base", "Q"), 3: ("node_key", "I"), 4: ("node_type", "I"), 5: ("node_size", "I"),
            6: ("node_refcount", "I"), 7: ("node_flags", "H"), 8: ("row", "I"), 9: ("edge_name", "H"),
            10: ("edge_target", "I"), 11: ("big_sizes", "<I4xQ"), 12: ("types", "<IIII"), 13: ("names", "<IBBxx"),
            14: ("roots", "<IIIIBBxx"), 15: ("threads", "<QQII"), 16: ("frames", "<IIIII"), 19: ("strings", "B")}

Edge = collections.namedtuple("Edge", "kind text extra target")
Root = collections.namedtuple("Root", "node kind count frame name name_kind")
Thread = collections.namedtuple("Thread", "ident native_id name is_asker")
Frame = collections.namedtuple("Frame", "thread depth line function file")


class Plain:
    """The columns of a plain file, under their names, and what follows from them."""

    def __init__(self, path):
        with open(path, "rb") as file:
            content = memoryview(file.read())
        magic, major, _, num_sections, num_bytes = struct.unpack_from("<8sHHIQ", content)
        if (magic, major, num_bytes) != (MAGIC, 1, len(content)):
            raise ValueError(f"{path}: not a snapshot of format 1")
        for i in range(num_sections):
            number, encoding, offset, stored, raw = struct.unpack_from("<IHxxQQQ", content, 64 + 48 * i)
            if number not in SECTIONS:
                continue
            name, layout = SECTIONS[number]
            if encoding != 0 or stored != raw:
                raise ValueError(f"{path}: section {name} is not stored plainly")
            section = content[offset:offset + raw]
            setattr(self, name, section.cast(layout) if len(layout) == 1 else list(struct.iter_unpack(layout, section)))
        self._work_out()

    def _work_out(self):
        base = self.chunk_base
        self.addr = [base[key >> 16] + (key & 0xFFFF) * 16 for key in self.node_key]
        self.node_of = {addr: node for node, addr in enumerate(self.addr)}
        self.size = list(self.node_size)
        for node, size in self.big_sizes:
            self.size[node] = size
        self.name = [(NAME_KINDS[kind], self.text(text), bool(flags & EXTRA)) for text, kind, flags in self.names]
        self.type_name = [self.text(name) for _, _, name, _ in self.types]

    def __len__(self):
        return len(self.node_key)

    def text(self, at):
        length = shift = 0
        while True:
            byte = self.strings[at]
            at += 1
            length |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return bytes(self.strings[at:at + length]).decode("utf-8", "surrogatepass")

    def type_of(self, node):
        return self.type_name[self.node_type[node]]

    def targets(self, node):
        """The nodes that a node refers to, in the order of its references."""
        return self.edge_target[self.row[node]:self.row[node + 1]]

    def edges(self, node):
        """The references of a node in order; `target` is a node."""
        first, end = self.row[node], self.row[node + 1]
        return [Edge(*self.name[name], target)
                for name, target in zip(self.edge_name[first:end], self.edge_target[first:end])]

    def all_roots(self):
        return [Root(node, ROOT_KINDS[kind], count, None if frame == NONE else frame, self.text(name),
                     NAME_KINDS[name_kind])
                for node, count, frame, name, kind, name_kind in self.roots]

    def all_threads(self):
        return [Thread(ident, native_id, self.text(name), bool(asker))
                for ident, native_id, name, asker in self.threads]

    def all_frames(self):
        return [Frame(thread, depth, line, self.text(function), self.text(file))
                for thread, depth, line, function, file in self.frames]
