#!/usr/bin/env python3
"""Translate the PTX of a CUDA kernel to C that runs it as a card does, in warps of 32 work items, and counts what they do.

usage: ptx_to_warp.py KERNEL.ptx >KERNEL.c

The C file defines `ptx_warp` (ptx_warp_kernel of ptx_warp.h). A function is cut into blocks at labels, branches and calls, which are put in an order in which loops are in one piece
and all ways but those back to a loop's head go on. Of the lanes that have not come to the end those that stand at the first block go on, together; those that go back
wait until all others of the loop do, or have left it. So lanes that parted meet again where their ways do, as on a card, whose compiler puts barriers there.
Instructions are those of ptx_to_c.py.
"""

import re
import sys

import ptx_to_c

# Machine instructions of sm_90 that an instruction is, on average, in hundredths: moves mostly vanish, 64-bit integers come in halves, divisions and roots are
# subroutines (their usual way). Any other: 100.
HUNDREDTHS = [(r"(ld|st)\.param", 0), (r"cvta", 0), (r"mov\.pred", 100), (r"mov", 40), (r"cvt\.[us]64\.[us]32|cvt\.u32\.u64|cvt\.\w+\.[us]16|cvt\.[us]16", 30),
              (r"(add|sub|neg|and|or|xor|not|selp|min|max)\.[bus]64|setp\.\w+\.[bus]64|(shl|shr)\.[bus]64", 180), (r"mul\.lo\.[us]64", 300),
              (r"mad\.lo\.[us]64", 400), (r"mul\.hi\.[us]64", 900), (r"(and|or|not|xor)\.pred", 60), (r"(div|rem)\.[us]32", 1800), (r"(div|rem)\.[us]64", 7000),
              (r"div\.rn\.f32", 1000), (r"sqrt\.rn\.f32", 900), (r"rcp\.rn\.f32", 700), (r"(div|rcp)\.rn\.f64", 1300), (r"sqrt\.rn\.f64", 1500),
              (r"(min|max)\.f64", 700), (r"call", 300), (r"bra", 150), (r"ret", 100)]
BYTES = {"8": 1, "16": 2, "32": 4, "64": 8}


def kind_of(op):
    """Class of an instruction (PTX_CLASSES of ptx_warp.h)."""
    part = op.split(".")
    if part[0] in ("ld", "st"):
        return "param" if "param" in part else "local" if "local" in part else "global"
    if part[0] in ("atom", "red"):
        return "atomic"
    if part[0] in ("bra", "call", "ret", *ptx_to_c.TOGETHER):
        return "control"
    if part[0] in ("div", "sqrt", "rcp", "rem"):
        return "special64" if "64" in part[-1] else "special"
    if part[0] == "cvt" and "f64" in part or part[0] == "cvt" and ("f32" in part) and ("s64" in part or "u64" in part):
        return "convert64"
    return "f64" if part[-1] == "f64" and part[0] not in ("mov", "selp") else "word"


def hundredths(op):
    return next((n for pattern, n in HUNDREDTHS if re.match(pattern + r"(?![a-z0-9])", op.replace(".uni", ""))), 100)


def components(nodes, following):
    """Strongly connected components of a graph, in an order in which ways go on (Tarjan)."""
    number, low, stack, on_stack, found = {}, {}, [], set(), []
    for root in nodes:
        work = [] if root in number else [(root, iter(following[root]))]
        while work:
            node, rest = work[-1]
            if node not in number:
                number[node] = low[node] = len(number)
                stack.append(node)
                on_stack.add(node)
            for k in rest:
                if k not in nodes:
                    continue
                if k not in number:
                    work.append((k, iter(following[k])))
                    break
                if k in on_stack:
                    low[node] = min(low[node], number[k])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == number[node]:
                    found.append(set())
                    while node not in found[-1]:
                        found[-1].add(stack.pop())
                    on_stack -= found[-1]
    return reversed(found)


class Block:
    """Instructions that lanes do one after another, or one call or operation of lanes with each other."""

    def __init__(self):
        self.code = []     # C, for one lane
        self.access = []   # of memory: (ld, st or atom, bytes)
        self.early, self.written, self.seen = set(), set(), set()  # registers: read before they are written, ...
        self.count = {}
        self.hundredths = 0
        self.jump = None   # C: the number of a lane's next block
        self.together = None
        self.targets = []


class Warps(ptx_to_c.Function):
    """A function for the lanes of a mask."""

    def __init__(self, head, body):
        self.block, self.label, self.renamed, self.n_scope = [Block()], {}, [], 0
        self.local, self.place, self.offset = {}, {}, 0
        super().__init__(head, body)
        self.is_entry = ".entry" in head
        sizes = {name: int(size or 8) for name, size in re.findall(r"\.param[^,()]*?(\w+)(?:\[(\d+)\])?\s*(?=[,)])", head)}
        self.parameter = {} if self.is_entry else sizes
        name = re.search(r"(\w+)\s*\([^()]*\)\s*$", head)[1]
        self.shared = self.out if self.is_entry else []
        if self.is_entry:
            self.head = "void ptx_warp(const uint64_t *param, struct ptx_warp *warp, uint32_t mask)"
        else:
            has_result = re.search(r"\.func\s*\(", head)
            places = "".join(f", unsigned char (*all_{p})[{n}]" for p, n in sizes.items())
            self.head = f"static void {name}(struct ptx_warp *warp, uint32_t mask{'' if has_result else ', void *no_result'}{places})"
        self.name = "ptx_warp" if self.is_entry else name

    @staticmethod
    def memories(functions):
        at = 0
        for f in functions:
            f.offset, at = at, at + sum((n + 15) // 16 * 16 for n in f.local.values())
        size = max(at, 16)
        return [f"enum {{ LOCAL_SIZE = {size} }};", "static unsigned char local_memory[32][LOCAL_SIZE] __attribute__((aligned(16)));"]

    def statement(self, s):
        if s == "{":
            self.n_scope += 1
            self.renamed.append({})
            return
        if s == "}":
            self.renamed.pop()
            return
        s = s.rstrip(";").strip()
        if re.match(r"\.(reg|param)\b", s) and self.renamed:
            for name in re.findall(r"(%?[A-Za-z_]\w*)(?:\[\d+\])?\s*(?:,|$)", re.sub(r"^(\.\w+\s+(\d+\s+)?)+", "", s)):
                self.renamed[-1][name] = f"{name}_in{self.n_scope}"
        for names in self.renamed:
            s = re.sub(r"%?[A-Za-z_]\w*", lambda m: names.get(m[0], m[0]), s)
        if s.startswith("label "):
            self.begin()
            self.label[s[len("label $"):]] = len(self.block) - 1
        elif s.startswith(".reg"):
            super().statement(s)
            self.out = [x for x in self.out if x.startswith("const uint64_t *")]
        elif s.startswith(".param"):
            name, size = re.search(r"(\w+)(?:\[(\d+)\])?$", s).groups()
            self.place[name] = int(size or 8)
        elif s.startswith(".local"):
            name, size = re.search(r"(\w+)\[(\d+)\]", s).groups()
            self.local[name] = int(size)
        elif not s.startswith("."):
            guard = re.match(r"@(!?)(%?\w+)\s+(.*)", s, re.S)
            self.step(guard[3] if guard else s, f"{guard[1]}{self.register(guard[2])}" if guard else "", guard[2] if guard else None)

    def begin(self):
        if self.block[-1].code or self.block[-1].jump or self.block[-1].together:
            self.block.append(Block())

    def step(self, s, guard, guarding):
        """An instruction, done where the guard holds."""
        op, rest = re.match(r"(\S+)\s*(.*)", s, re.S).groups()
        name = op.split(".")[0]
        if name in ("bar", "barrier", "membar", "fence"):
            raise SystemExit(f"a barrier, which warps that run one after another cannot wait at: {s}")
        if name == "call" or name in ptx_to_c.TOGETHER:
            self.begin()
        b = self.block[-1]
        used = [x for x in re.findall(r"%?[A-Za-z_]\w*", rest) if x in self.kind]
        into = [] if name in ("st", "red", "bra", "call", "ret") else re.findall(r"%?[A-Za-z_]\w*", re.match(r"\{[^}]*\}|[^,]*", rest)[0])
        into = [x for x in into if x in self.kind]
        reads = used[len(into):] + ([guarding, *into] if guarding else [])
        b.early |= set(reads) - b.written
        b.written |= set(into)
        b.seen |= set(reads) | set(into)
        b.count[kind_of(op)] = b.count.get(kind_of(op), 0) + 1
        b.hundredths += hundredths(op)
        if name in ("bra", "ret"):
            b.jump = (guard, rest.strip().lstrip("$") if name == "bra" else None)
            self.begin()
        elif name == "call":
            returned, called, given = re.match(r"(?:\((\w+)\)\s*,)?\s*(\w+)\s*(?:,\s*\(([^)]*)\))?", rest).groups()
            places = "".join(f", all_{x.strip()}" for x in (given or "").split(",") if x.strip())
            b.together = (guard, [], f"{called}(warp, part_, {'all_' + returned if returned else '0'}{places});", "", False)
            self.begin()
        elif name in ptx_to_c.TOGETHER:
            a = [x.strip() for x in re.findall(r"[^,\s]+", rest)]
            b.together = (guard, *self.together(op.split("."), a), name != "activemask")
            self.begin()
        else:
            code = self.instruction(s)
            b.code.append(f"if ({guard}) {{ {code} }}" if guard else code)

    def seen(self, name, address, n_bytes):
        access = self.block[-1].access
        access.append((name, n_bytes))
        return f"where_[{len(access) - 1}][lane_] = {address}; at_mask_[{len(access) - 1}] |= 1u << lane_; "

    def memory(self, name, part, kind, a):
        text = super().memory(name, part, kind, a)
        if "param" in part:
            return text
        n = BYTES[kind[1:]] * (int(part[-2][1:]) if part[-2] in ("v2", "v4") else 1)
        return "{ " + self.seen(name, self.address(a[1] if name == "ld" else a[0]), n) + text + " }"

    def atomic(self, name, part, kind, a):
        return "{ " + self.seen("atom", self.address(a[1] if name == "atom" else a[0]), BYTES[kind[1:]]) + super().atomic(name, part, kind, a) + " }"

    def lanes(self, b, mask, code, last):
        """A loop over lanes, with their registers and places."""
        text = "\n".join(code)
        words = set(re.findall(r"\w+", text))
        out = [f"PTX_EACH(lane_, {mask}) {{"]
        if "in_group" in words:
            out.append("const uint32_t in_group = warp->first + lane_;")
        out += [f"unsigned char *{p} = all_{p}[lane_];" for p in [*self.place, *self.parameter] if p in words]
        at = self.offset
        for name, size in self.local.items():
            if name in words:
                out.append(f"unsigned char *{name} = local_memory[lane_] + {at};")
            at += (size + 15) // 16 * 16
        for r in sorted(b.seen):
            n = self.register(r)
            if n in words or r in b.early and n in words:
                out.append(f"{ptx_to_c.C_TYPE[self.kind[r]]} {n}{f' = R.{n}[lane_]' if r in self.kept and r in b.early else ''};")
        out += code
        if last:
            out += [f"R.{self.register(r)}[lane_] = {self.register(r)};" for r in sorted(b.written) if r in self.kept]
        return [*out, "}"]

    def written_block(self, i, b):
        out = [*(f"case {at}:" for at in self.places[i]), "{"]
        n = len(b.access)
        if n:
            out.append(f"uint64_t where_[{n}][32]; uint32_t at_mask_[{n}] = {{0}};")
        if b.together:
            guard, given, call, taken, is_waiting = b.together
            arrays = "".join(f"uint64_t in{k}_[32]; " for k in range(len(given)))
            out.append("uint32_t part_ = 0; uint64_t out_[32], met_[32]; " + arrays)
            gather = " ".join(["part_ |= 1u << lane_;", *(f"in{k}_[lane_] = {x};" for k, x in enumerate(given))])
            code = f"if ({guard}) {{ {gather} }}" if guard else gather
            out += self.lanes(b, "there", [code], False)
            out.append(f"if (part_ != 0) {{ {f'ptx_expect(warp, part_, in{len(given) - 1}_); ' if is_waiting else ''}{call} }}")
            if taken:
                out += self.lanes(b, "part_", [taken], True)
            out.append(f"PTX_EACH(lane_, there) at[lane_] = {self.goal(i, i + 1)};")
        else:
            guard, target = b.jump or ("", "")
            goal = "END" if target is None else str(self.goal(i, self.label[target] if target else i + 1))
            following = f"at[lane_] = {guard} ? {goal} : {self.goal(i, i + 1)};" if guard else f"at[lane_] = {goal};"
            out += self.lanes(b, "there", [*b.code, following], True)
        out.append(f"c->hundredths += {b.hundredths};")
        for kind, k in b.count.items():
            out.append(f"c->issued[PTX_{kind}] += {k}; c->lanes[PTX_{kind}] += {k} * n_there;")
        for k, (name, n_bytes) in enumerate(b.access):
            out.append(f"if (at_mask_[{k}] != 0) ptx_count_atomic(c, at_mask_[{k}], where_[{k}]);" if name == "atom" else
                       f"ptx_count_memory(c, at_mask_[{k}], &(struct ptx_access){{where_[{k}], {n_bytes}, {int(name == 'ld')}}}, (uint64_t)(uintptr_t)local_memory, LOCAL_SIZE);")
        return [*out, "break; }"]

    def order(self):
        """Places of the blocks, and behind the last block of each loop one where lanes wait that go back to its head. Fills self.goal."""
        n = len(self.block)
        following = [sorted({self.label[b.jump[1]] if b.jump and b.jump[1] else i + 1} | ({i + 1} if b.jump and b.jump[0] else set())) for i, b in enumerate(self.block)]
        for i, b in enumerate(self.block):
            if b.jump and b.jump[1] is None:
                following[i] = [i + 1] if b.jump[0] else []
        listed, end, inside, everything = [], {}, {}, set(range(n))

        def put(nodes, ways):
            for part in components(nodes, ways):
                entered = {k for i in everything - part for k in following[i]} & part
                head = min(part, key=lambda k: (k not in entered, k))
                listed.append(head)
                if len(part) > 1 or head in ways[head]:
                    inside[head] = part
                    put(part - {head}, {i: [k for k in ways[i] if k != head] for i in part - {head}})
                    end[head] = len(listed)
                    listed.append(None)  # where those wait that go back

        sys.setrecursionlimit(10000)
        put(everything, dict(enumerate(following)))
        place = {k: i for i, k in enumerate(listed) if k is not None}
        self.goal = lambda i, k: end[k] if k in inside and i in inside[k] else place.get(k, "END")
        return {k: [place[k]] + ([end[k]] if k in end else []) for k in range(n)}

    def __str__(self):
        blocks = self.block
        self.places = self.order()
        self.kept = set().union(*(b.early for b in blocks))
        out = ["static struct {", *(f"{ptx_to_c.C_TYPE[self.kind[r]]} {self.register(r)}[32];" for r in sorted(self.kept)), "char any; } R_" + self.name + ";",
               self.head + " {", "#define R R_" + self.name, *self.shared,
               "const uint32_t group = warp->group, n_group = warp->n_group, n_launched = warp->n_launched; struct ptx_counts *c = warp->count;",
               "enum { END = 0x7fffffff }; int32_t at[32];",
               *(f"static unsigned char all_{p}[32][{n}] __attribute__((aligned(16)));" for p, n in self.place.items())]
        size = sum((n + 15) // 16 * 16 for n in self.local.values())
        if size:
            out.append(f"PTX_EACH(l, mask) memset(local_memory[l] + {self.offset}, 0xa5, {size});")
        out += ["for (int l = 0; l < 32; l++) at[l] = mask >> l & 1 ? " + str(self.places[0][0]) + " : END;", "for (;;) {", "int32_t first = END; uint32_t there = 0;",
                "for (int l = 0; l < 32; l++) first = at[l] < first ? at[l] : first;",
                *(["warp->finished = 0;", "for (int l = 0; l < 32; l++) warp->finished |= (uint32_t)(at[l] == END) << l;"] if self.is_entry else []),
                "if (first == END) break;", "for (int l = 0; l < 32; l++) there |= (uint32_t)(at[l] == first) << l;",
                "const uint64_t n_there = (uint64_t)__builtin_popcount(there);", "switch (first) {"]
        for i, b in enumerate(blocks):
            out += self.written_block(i, b)
        return "\n".join([*out, "default: abort(); }", "}", "#undef R", "}"])


if __name__ == "__main__":
    ptx_to_c.main(Warps, __doc__)
