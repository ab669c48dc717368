#!/usr/bin/env python3
"""Translate the PTX of a CUDA kernel to C, so that what NVIDIA's compiler made of it runs on a CPU, bit for bit.

usage: ptx_to_c.py KERNEL.ptx >KERNEL.c

The C file defines `void ptx_kernel(const uint64_t *param, uint32_t group, uint32_t n_group, uint32_t n_launched, uint32_t in_group)`:
one work item of one of n_launched groups of n_group, whose parameters are addresses. It knows the instructions that the kernels of eotmc consist of, and stops at
any other. Local memory is filled with a pattern, since a device's is not zero. Compile it without contraction.
"""

import re
import sys

PREAMBLE = r"""
#include <math.h>
#include <stdint.h>
#include <string.h>
#include "ptx_warp.h"
static inline float f32_of(uint32_t b) { float x; memcpy(&x, &b, 4); return x; }
static inline uint32_t bits_of(float x) { uint32_t b; memcpy(&b, &x, 4); return b; }
static inline double f64_of(uint64_t b) { double x; memcpy(&x, &b, 8); return x; }
static inline uint64_t bits64_of(double x) { uint64_t b; memcpy(&b, &x, 8); return b; }
#define LOAD(T, at) ({ T v_; memcpy(&v_, (const void *)(uintptr_t)(at), sizeof v_); v_; })
#define STORE(T, at, value) ({ T v_ = (value); memcpy((void *)(uintptr_t)(at), &v_, sizeof v_); })
/* Conversions to integers saturate; no number becomes 0. */
#define TO_INT(name, T, low, high, above) \
    static inline T name(double x) { return x != x ? 0 : x <= low ? (T)low : x >= above ? high : (T)x; }
TO_INT(to_s32, int32_t, -2147483648.0, INT32_MAX, 2147483648.0)
TO_INT(to_u32, uint32_t, 0.0, UINT32_MAX, 4294967296.0)
TO_INT(to_s64, int64_t, -9223372036854775808.0, INT64_MAX, 9223372036854775808.0)
TO_INT(to_u64, uint64_t, 0.0, UINT64_MAX, 18446744073709551616.0)
/* The number where one is none; +0 is above -0. */
#define EXTREME(name, T, op, zero) \
    static inline T name(T a, T b) { return a != a ? b : b != b ? a : a == b ? ((signbit(a) != 0) == zero ? a : b) : a op b ? a : b; }
EXTREME(max_f32, float, >, 0)
EXTREME(min_f32, float, <, 1)
EXTREME(max_f64, double, >, 0)
EXTREME(min_f64, double, <, 1)
static inline uint32_t bytes_permuted(uint32_t a, uint32_t b, uint32_t how) {
    uint64_t both = (uint64_t)b << 32 | a;
    uint32_t out = 0;
    for (int i = 0; i < 4; i++) {
        uint32_t s = how >> (4 * i) & 15, byte = (uint32_t)(both >> (8 * (s & 7))) & 255;
        if (s & 8) byte = byte & 128 ? 255 : 0;
        out |= byte << (8 * i);
    }
    return out;
}
"""

C_TYPE = {"s16": "int16_t", "u16": "uint16_t", "b16": "uint16_t", "s32": "int32_t", "u32": "uint32_t", "b32": "uint32_t",
          "s64": "int64_t", "u64": "uint64_t", "b64": "uint64_t", "f32": "float", "f64": "double", "pred": "int",
          "u8": "uint8_t", "s8": "int8_t", "b8": "uint8_t"}
JOIN = {"and": "&&", "or": "||", "xor": "!="}
SPECIAL = {"%tid.x": "in_group", "%ctaid.x": "group", "%ntid.x": "n_group", "%nctaid.x": "n_launched", "%laneid": "(in_group & 31)",
           "%lanemask_eq": "(1u << (in_group & 31))", "%lanemask_lt": "((1u << (in_group & 31)) - 1)", "%lanemask_le": "(~0u >> (31 - (in_group & 31)))",
           "%lanemask_gt": "~(~0u >> (31 - (in_group & 31)))", "%lanemask_ge": "(~0u << (in_group & 31))"}
TOGETHER = ("activemask", "match", "shfl", "vote", "redux")  # instructions of the lanes of a warp with each other


class Function:
    """An entry point, or a function that it calls. Parameters of both are bytes at a place."""

    def __init__(self, head, body):
        self.kind = {}  # of registers: their type
        self.out = []
        is_entry = ".entry" in head
        parameters = [p.strip().split()[-1] for p in head[head.rindex("(") + 1:head.rindex(")")].split(",") if p.strip()]
        parameters = [re.sub(r"\[.*", "", p) for p in parameters]
        returned = re.search(r"\.func\s*\(([^)]*)\)", head)
        name = re.search(r"(\w+)\s*\([^()]*\)\s*$", head)[1]
        if is_entry:
            self.head = "void ptx_kernel(const uint64_t *param, uint32_t group, uint32_t n_group, uint32_t n_launched, uint32_t in_group)"
            self.out = [f"const uint64_t *{p} = param + {i};" for i, p in enumerate(parameters)]
        else:
            result = re.sub(r"\[.*", "", returned[1].split()[-1]) if returned else "no_result"
            places = "".join(f", unsigned char *{p}" for p in parameters)
            self.head = f"static void {name}(uint32_t group, uint32_t n_group, uint32_t n_launched, uint32_t in_group, unsigned char *{result}{places})"
        body = re.sub(r"(\$\w+):", r"label \1;", body)
        for statement in re.findall(r"[{}]|(?:[^;{}]|\{[^;{}]*\})+;", body):
            self.statement(statement.strip())

    @staticmethod
    def memories(functions):
        """What functions share, as C."""
        return []

    @staticmethod
    def literal(text, kind):
        if re.match(r"0[fF][0-9a-fA-F]{8}$", text):
            return f"f32_of(0x{text[2:]}u)"
        if re.match(r"0[dD][0-9a-fA-F]{16}$", text):
            return f"f64_of(0x{text[2:]}ull)"
        if kind in ("f32", "f64"):
            raise SystemExit(f"a literal that is no {kind}: {text}")
        value = int(text, 0) & ((1 << {"8": 8, "16": 16, "32": 32, "64": 64}[kind[1:]]) - 1) if kind != "pred" else int(text, 0)
        return f"({C_TYPE[kind]}){value}ull"

    def register(self, name):
        return re.sub(r"\W", "", name)

    def value(self, operand, kind):
        """C expression of an operand, read as a type."""
        if operand in SPECIAL:
            return SPECIAL[operand]
        if operand not in self.kind:
            if re.match(r"[A-Za-z_$]", operand):
                return f"(uint64_t)(uintptr_t){operand}"
            return self.literal(operand, kind)
        own = self.kind[operand]
        name = self.register(operand)
        if own == "pred" or own == kind:
            return name
        if own == "f32":
            return f"({C_TYPE[kind]})bits_of({name})"
        if own == "f64":
            return f"({C_TYPE[kind]})bits64_of({name})"
        if kind == "f32":
            return f"f32_of((uint32_t){name})"
        if kind == "f64":
            return f"f64_of({name})"
        return f"({C_TYPE[kind]}){name}"

    def assign(self, operand, kind, expression):
        own = self.kind[operand]
        name = self.register(operand)
        if own in ("pred", "f32", "f64"):
            if own == "f32" and kind != "f32":
                expression = f"f32_of({expression})"
            if own == "f64" and kind != "f64":
                expression = f"f64_of({expression})"
        elif kind == "f32":
            expression = f"bits_of({expression})"
        elif kind == "f64":
            expression = f"bits64_of({expression})"
        else:
            wide = "int64_t" if kind[0] == "s" else "uint64_t"
            expression = f"({C_TYPE[own]})({wide})({C_TYPE[kind]})({expression})"
        return f"{name} = {expression};"

    def address(self, text):
        base, _, offset = text.strip("[]").partition("+")
        at = self.register(base) if base in self.kind else f"(uint64_t)(uintptr_t){base}"
        return f"({at} + (uint64_t)(int64_t){offset})" if offset else at

    def statement(self, s):
        if s in "{}":
            self.out.append(s)
            return
        s = s.rstrip(";").strip()
        if s.startswith("label "):
            self.out.append(s[len("label $"):] + ":;")
            return
        if s.startswith(".reg"):
            kind, names = re.match(r"\.reg\s+\.(\w+)\s+(.*)", s, re.S).groups()
            for name in names.split(","):
                name = name.strip()
                many = re.match(r"(%\w+)<(\d+)>", name)
                for n in [f"{many[1]}{i}" for i in range(int(many[2]))] if many else [name]:
                    own = kind if kind in ("pred", "f32", "f64") else "u" + kind[1:]
                    self.kind[n] = own
                    self.out.append(f"{C_TYPE[own]} {self.register(n)} = 0;")
            return
        if s.startswith(".param"):  # of a call
            name, size = re.search(r"(\w+)(?:\[(\d+)\])?$", s).groups()
            self.out.append(f"unsigned char {name}[{size or 8}] __attribute__((aligned(16)));")
            return
        if s.startswith(".local"):
            name, size = re.search(r"(\w+)\[(\d+)\]", s).groups()
            self.out.append(f"unsigned char {name}[{size}] __attribute__((aligned(16))); memset({name}, 0xa5, {size});")
            return
        if s.startswith("."):
            return
        guard = re.match(r"@(!?)(%?\w+)\s+(.*)", s, re.S)
        if guard:
            self.out.append(f"if ({guard[1]}{self.register(guard[2])}) {{ {self.instruction(guard[3])} }}")
        else:
            self.out.append(self.instruction(s))

    def instruction(self, s):
        op, rest = re.match(r"(\S+)\s*(.*)", s, re.S).groups()
        a = [x.strip() for x in re.findall(r"\{[^}]*\}|\[[^\]]*\]|[^,\s]+", rest)]
        part = op.split(".")
        name, kind = part[0], part[-1]
        if name == "ret":
            return "return;"
        if name == "call":
            returned, called, given = re.match(r"(?:\((\w+)\)\s*,)?\s*(\w+)\s*(?:,\s*\(([^)]*)\))?", rest).groups()
            places = "".join(f", {x.strip()}" for x in (given or "").split(",") if x.strip())
            return f"{called}(group, n_group, n_launched, in_group, {returned or '0'}{places});"
        if name == "bra":
            return f"goto {a[0].lstrip('$')};"
        if name in TOGETHER:
            given, call, taken = self.together(part, a)
            arrays = "".join(f"uint64_t in{i}_[32]; in{i}_[lane_] = {x}; " for i, x in enumerate(given))
            return f"{{ uint32_t lane_ = in_group & 31, part_ = 1u << lane_; uint64_t out_[32], met_[32]; {arrays}{call} {taken} }}"
        if name in ("ld", "st"):
            return self.memory(name, part, kind, a)
        if name == "mov" and (a[0].startswith("{") or a[1].startswith("{")):
            return self.pieces(kind, a)
        if name in ("mov", "cvta"):
            kind = self.kind[a[0]] if a[1].startswith("%") and kind.startswith("b") else kind
            return self.assign(a[0], kind, self.value(a[1], kind))
        if name == "setp":
            return self.compare(part, kind, a)
        if name == "selp":
            return self.assign(a[0], kind, f"{self.register(a[3])} ? {self.value(a[1], kind)} : {self.value(a[2], kind)}")
        if name == "cvt":
            return self.convert(part, a)
        if name == "atom" or name == "red":
            return self.atomic(name, part, kind, a)
        v = [self.value(x, kind) for x in a[1:]]
        is_float = kind in ("f32", "f64")
        bits = 64 if kind.endswith("64") else 16 if kind.endswith("16") else 32
        if not set(part[1:]) <= {"rn", "lo", "wide", "hi", "l", "wrap", "b32", kind} | ({"shiftamt"} if name == "bfind" else set()):
            raise SystemExit(f"unknown form: {s}")
        if name in ("add", "sub", "and", "or", "xor") or (name == "mul" and is_float) or (name == "div"):
            sign = {"add": "+", "sub": "-", "mul": "*", "div": "/", "and": "&", "or": "|", "xor": "^"}[name]
            if not is_float and name in ("add", "sub"):
                v = [f"({C_TYPE['u' + str(bits)]})({x})" for x in v]
            return self.assign(a[0], kind, f"{v[0]} {sign} {v[1]}")
        if name in ("mul", "mad") and not is_float:
            if "wide" in part:
                to = kind[0] + str(2 * bits)
                product = f"({C_TYPE[to]})({v[0]}) * ({C_TYPE[to]})({v[1]})"
                more = f" + {self.value(a[3], to)}" if name == "mad" else ""
                return self.assign(a[0], to, product + more)
            if "hi" in part:
                whole = ("unsigned __int128" if kind[0] == "u" else "__int128") if bits == 64 else C_TYPE[kind[0] + "64"]
                return self.assign(a[0], kind, f"(({whole})({v[0]}) * ({whole})({v[1]})) >> {bits}" + (f" + {v[2]}" if name == "mad" else ""))
            product = f"(uint64_t)({v[0]}) * (uint64_t)({v[1]})" + (f" + (uint64_t)({v[2]})" if name == "mad" else "")
            return self.assign(a[0], "u" + str(bits), product)
        if name == "rem":
            return self.assign(a[0], kind, f"{v[0]} % {v[1]}")
        if name == "fma":
            return self.assign(a[0], kind, f"{'fmaf' if kind == 'f32' else 'fma'}({', '.join(v)})")
        if name == "sqrt":
            return self.assign(a[0], kind, f"{'sqrtf' if kind == 'f32' else 'sqrt'}({v[0]})")
        if name == "rcp":
            return self.assign(a[0], kind, f"{'1.0f' if kind == 'f32' else '1.0'} / {v[0]}")
        if name == "neg":
            return self.assign(a[0], kind, f"-{v[0]}" if is_float else f"0 - ({C_TYPE['u' + str(bits)]})({v[0]})")
        if name == "abs":
            return self.assign(a[0], kind, f"{'fabsf' if kind == 'f32' else 'fabs'}({v[0]})" if is_float else f"{v[0]} < 0 ? 0 - {v[0]} : {v[0]}")
        if name in ("min", "max"):
            if is_float:
                return self.assign(a[0], kind, f"{name}_{kind}({v[0]}, {v[1]})")
            return self.assign(a[0], kind, f"{v[0]} {'<' if name == 'min' else '>'} {v[1]} ? {v[0]} : {v[1]}")
        if name == "not":
            return self.assign(a[0], kind, f"!{v[0]}" if kind == "pred" else f"~{v[0]}")
        if name in ("shl", "shr"):
            n = self.value(a[2], "u32")
            beyond = f"({v[0]} < 0 ? -1 : 0)" if name == "shr" and kind[0] == "s" else "0"
            return self.assign(a[0], kind, f"{n} > {bits - 1}u ? {beyond} : {v[0]} {'<<' if name == 'shl' else '>>'} {n}")
        if name == "shf" and "wrap" in part and "l" in part:
            n = f"({v[2]} & 31)"
            return self.assign(a[0], "u32", f"(uint32_t)((((uint64_t){v[1]} << 32 | {v[0]}) << {n}) >> 32)")
        if name == "bfi":
            n, at = self.value(a[4], "u32"), self.value(a[3], "u32")
            t = C_TYPE[kind]
            return f"{{ {t} mask = ({n} >= {bits} ? ~({t})0 : (({t})1 << {n}) - 1) << {at}; {self.assign(a[0], kind, f'({v[1]} & ~mask) | ({v[0]} << {at} & mask)')} }}"
        if name == "prmt":
            return self.assign(a[0], "u32", f"bytes_permuted({v[0]}, {v[1]}, {v[2]})")
        if name == "popc":
            return self.assign(a[0], "u32", f"__builtin_popcountll({v[0]})")
        if name == "clz":
            return self.assign(a[0], "u32", f"{v[0]} == 0 ? {bits} : __builtin_clz{'ll' if bits == 64 else ''}({v[0]})")
        if name == "brev":
            both = f"(uint64_t)ptx_reversed((uint32_t){v[0]}) << 32 | ptx_reversed((uint32_t)((uint64_t){v[0]} >> 32))"
            return self.assign(a[0], kind, both if bits == 64 else f"ptx_reversed({v[0]})")
        if name == "bfind":
            return self.assign(a[0], "u32", f"ptx_highest((uint64_t){v[0]}, {bits}, {int(kind[0] == 's')}, {int('shiftamt' in part)})")
        raise SystemExit(f"unknown instruction: {s}")

    def together(self, part, a):
        """Values that a lane gives (its mask of lanes last, but for activemask), the call for the lanes of part_, and what a lane takes of it."""
        name, kind = part[0], part[-1]
        into, _, met = a[0].partition("|")
        taken = self.assign(into, "u32", "out_[lane_]") if into != "_" and kind != "pred" else f"{self.register(into)} = (int)out_[lane_];" if into != "_" else ""
        taken += f" {self.register(met)} = (int)met_[lane_];" if met and met != "_" else ""
        if name == "activemask":
            return [], "ptx_activemask(part_, out_);", taken
        of = "pred" if name == "vote" else kind
        sign = "!" if a[1].startswith("!") else ""
        given = [f"(uint64_t)({sign}{self.value(a[1].lstrip('!'), of)})", *(self.value(x, "u32") for x in a[2:])]
        if name == "match":
            return given, f"ptx_match_{part[1]}(part_, in0_, out_{', met_' if part[1] == 'all' else ''});", taken
        if name == "shfl":
            return given, f"ptx_shfl(part_, PTX_{part[2].upper()}, (uint64_t *const[]){{in0_, in1_, in2_}}, out_, met_);", taken
        if name == "vote":
            return given, f"ptx_vote(part_, PTX_{part[2].upper()}, in0_, out_);", taken
        return given, f"ptx_redux(part_, PTX_{part[2].upper()}, {int(kind[0] == 's')}, in0_, in1_, out_);", taken

    def memory(self, name, part, kind, a):
        t, size = C_TYPE[kind], {"8": 1, "16": 2, "32": 4, "64": 8}[kind[1:]]
        if not set(part[1:]) <= {"global", "local", "const", "param", "v2", "v4", "nc", kind}:
            raise SystemExit(f"unknown form: {'.'.join(part)}")
        at, registers = (a[1], a[0]) if name == "ld" else (a[0], a[1])
        at = self.address(at)
        out = []
        for i, r in enumerate(x.strip() for x in registers.strip("{}").split(",")):
            place = f"{at} + {i * size}"
            out.append(self.assign(r, kind, f"LOAD({t}, {place})") if name == "ld" else f"STORE({t}, {place}, {self.value(r, kind)});")
        # a vector's registers may be those of its address
        return "{ " + " ".join(out) + " }" if name == "st" or len(out) == 1 else f"{{ uint64_t at_ = {at}; " + " ".join(x.replace(at + " +", "at_ +") for x in out) + " }"

    def pieces(self, kind, a):
        whole = int(kind[1:])
        if a[0].startswith("{"):
            r = [x.strip() for x in a[0].strip("{}").split(",")]
            n = whole // len(r)
            return f"{{ uint64_t whole_ = {self.value(a[1], 'u' + str(whole))}; " + " ".join(
                self.assign(x, f"u{n}", f"whole_ >> {i * n}") for i, x in enumerate(r) if x != "_") + " }"
        r = [x.strip() for x in a[1].strip("{}").split(",")]
        n = whole // len(r)
        return self.assign(a[0], f"u{whole}", " | ".join(f"(uint64_t){self.value(x, f'u{n}')} << {i * n}" for i, x in enumerate(r)))

    def compare(self, part, kind, a):
        x, y = self.value(a[1], kind), self.value(a[2], kind)
        how = part[1]
        sign = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">=", "lo": "<", "ls": "<=", "hi": ">", "hs": ">="}
        if how in ("num", "nan"):
            test = f"({x} == {x} && {y} == {y})" if how == "num" else f"({x} != {x} || {y} != {y})"
        elif kind in ("f32", "f64") and how.endswith("u") and how[:-1] in sign:  # also where one is no number
            test = f"({x} != {x} || {y} != {y} || {x} {sign[how[:-1]]} {y})"
        elif kind in ("f32", "f64") and how == "ne":
            test = f"({x} == {x} && {y} == {y} && {x} != {y})"
        else:
            test = f"({x} {sign[how]} {y})"
        if len(part) == 4:  # and another one
            test = f"({test} {JOIN[part[2]]} {self.register(a[3])})"
        return f"{self.register(a[0])} = {test};"

    def convert(self, part, a):
        to, of = part[-2], part[-1]
        how = set(part[1:-2])
        x = self.value(a[1], of)
        if not how <= {"rn", "rzi", "rmi", "rpi", "rni"} | ({"sat"} if to == of == "f32" else set()):
            raise SystemExit(f"unknown form: {'.'.join(part)}")
        is_float = (to in ("f32", "f64"), of in ("f32", "f64"))
        rounding = {"rzi": "trunc", "rmi": "floor", "rpi": "ceil", "rni": "rint"}
        rounded = next((f"{rounding[h]}({x})" for h in how if h in rounding), x)
        if is_float == (False, True):
            return self.assign(a[0], to, f"to_{to.replace('b', 'u')}({rounded})")
        if "sat" in how:
            return self.assign(a[0], to, f"{x} > 0.0f ? ({x} < 1.0f ? {x} : 1.0f) : 0.0f")
        if is_float == (True, True):
            return self.assign(a[0], to, f"({C_TYPE[to]})({rounded})")
        return self.assign(a[0], to, f"({C_TYPE[to]})({x})")

    def atomic(self, name, part, kind, a):
        what = next(p for p in part if p in ("add", "min", "max", "inc", "exch", "or", "and", "cas"))
        at, v, t = self.address(a[1] if name == "atom" else a[0]), self.value(a[2 if name == "atom" else 1], kind), C_TYPE[kind]
        if what not in ("add", "min", "max", "exch"):
            raise SystemExit(f"unknown form: {'.'.join(part)}")
        new = {"add": f"old_ + ({v})", "min": f"({v}) < old_ ? ({v}) : old_", "max": f"({v}) > old_ ? ({v}) : old_", "exch": v}[what]
        keep = self.assign(a[0], kind, "old_") if name == "atom" and a[0] != "_" else ""
        return f"{{ {t} old_ = LOAD({t}, {at}); STORE({t}, {at}, {new}); {keep} }}"

    def __str__(self):
        return "\n".join([self.head + " {", *self.out, "}"])


def data(text):
    """Constants of the PTX, as C."""
    pattern = r"\.(?:global|const)\s+\.align\s+(\d+)\s+\.(\w+)\s+(\w+)(?:\[(\d+)\])?(?:\s*=\s*\{?([^;{}]*)\}?)?;"
    for align, kind, name, size, value in re.findall(pattern, text):
        values = ", ".join(Function.literal(v.strip(), kind) for v in value.split(",")) if value else "0"
        yield f"static const {C_TYPE[kind]} {name}[{size or 1}] __attribute__((aligned({align}))) = {{{values}}};"


def functions(text, function):
    """Heads and bodies of the functions of the PTX."""
    at = 0
    for found in re.finditer(r"(?:\.visible\s+\.entry|\.func)[^;{]*?\)\s*(?=[{;])", text):
        if found.start() < at or text[found.end()] == ";":
            continue
        depth, at = 1, found.end() + 1
        while depth > 0:
            depth += {"{": 1, "}": -1}.get(text[at], 0)
            at += 1
        yield function(found[0].strip(), text[found.end() + 1:at - 1])


def translated(text, function=Function):
    text = re.sub(r"//[^\n]*", "", text.replace("\0", ""))
    found = list(functions(text, function))
    return "\n".join([PREAMBLE, *data(text), *function.memories(found), *(f.head + ";" for f in found), *map(str, found)])


def main(function=Function, usage=__doc__):
    if len(sys.argv) != 2:
        raise SystemExit(usage)
    with open(sys.argv[1], encoding="utf-8", errors="replace") as source:
        print(translated(source.read(), function))


if __name__ == "__main__":
    main()
