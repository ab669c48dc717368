#!/usr/bin/env bash
# bench/gpu-forecast: kernels in warps (tests/device/ptx_to_warp.py) have the host's bits, warps do as much as lanes one by one, and each kernel has its forecast. Needs
# NVRTC, no card. usage: test_gpu_forecast.sh EOTMC SOURCE_DIR BUILD_DIR
set -u
eotmc=$1 source=$2
fake=$(readlink -f "$3")/tests
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "FAILED: $*"; exit 1; }
command -v python3 >/dev/null || { echo "skipped: no python3"; exit 77; }

# --- lanes with each other: sums by key in a warp, whose first lane of each adds once; lanes of key 3 stay away
cat >"$work/sum.ptx" <<'EOF'
.version 9.0
.target sm_90
.address_size 64
.visible .entry sum(.param .u64 sum_param_0)
{
	.reg .pred %p<4>;
	.reg .b32 %r<20>;
	.reg .b64 %rd<6>;
	ld.param.u64 %rd1, [sum_param_0];
	mov.u32 %r1, %tid.x;
	rem.u32 %r2, %r1, 5;
	setp.eq.u32 %p1, %r2, 3;
	@%p1 bra $L_end;
	activemask.b32 %r3;
	cvt.u64.u32 %rd2, %r2;
	match.any.sync.b64 %r4, %rd2, %r3;
	mov.u32 %r5, 0;
	mov.u32 %r6, %r4;
$L_loop:
	brev.b32 %r7, %r6;
	bfind.shiftamt.u32 %r8, %r7;
	shfl.sync.idx.b32 %r9|%p2, %r1, %r8, 31, %r4;
	add.u32 %r5, %r5, %r9;
	sub.u32 %r10, %r6, 1;
	and.b32 %r6, %r6, %r10;
	setp.ne.u32 %p3, %r6, 0;
	@%p3 bra $L_loop;
	redux.sync.add.u32 %r13, %r1, %r3;
	vote.sync.ballot.b32 %r14, %p2, %r3;
	popc.b32 %r15, %r14;
	mov.u32 %r11, %lanemask_lt;
	and.b32 %r12, %r11, %r3;
	setp.ne.u32 %p1, %r12, 0;
	@%p1 bra $L_key;
	red.global.add.u32 [%rd1+32], %r13;
	red.global.add.u32 [%rd1+36], %r15;
$L_key:
	and.b32 %r12, %r11, %r4;
	setp.ne.u32 %p1, %r12, 0;
	@%p1 bra $L_end;
	mul.wide.u32 %rd3, %r2, 4;
	add.s64 %rd4, %rd1, %rd3;
	red.global.add.u32 [%rd4], %r5;
$L_end:
	ret;
}
EOF
FAKE_CUDA_PTX_CACHE=$work "$source/tests/device/ptx_run.sh" "$work/sum.ptx" "$work/sum.so" &&
    FAKE_CUDA_WARPS=x FAKE_CUDA_PTX_CACHE=$work "$source/tests/device/ptx_run.sh" "$work/sum.ptx" "$work/sum_warp.so" || fail "sums in a warp are not translated"
python3 - "$work" <<'EOF' || fail "sums in a warp"
import ctypes, sys
n, folder = 64, sys.argv[1]
want = [sum(i for i in range(n) if i % 5 == key) if key != 3 else 0 for key in range(5)] + [0] * 3 + [sum(i for i in range(n) if i % 5 != 3), sum(i % 5 != 3 for i in range(n))]
class Warp(ctypes.Structure):
    _fields_ = [(x, ctypes.c_uint32) for x in ("group", "n_group", "n_launched", "first", "finished")] + [("count", ctypes.c_void_p)]
def ran(one_by_one):
    out, count = (ctypes.c_uint32 * 16)(), ctypes.create_string_buffer(1 << 20)
    parameter = (ctypes.c_uint64 * 1)(ctypes.addressof(out))
    for i in range(n) if one_by_one else range(0, n, 32):
        if one_by_one:
            ctypes.CDLL(folder + "/sum.so").ptx_kernel(parameter, 0, n, 1, i)
        else:
            ctypes.CDLL(folder + "/sum_warp.so").ptx_warp(parameter, ctypes.byref(Warp(0, n, 1, i, 0, ctypes.addressof(count))), ctypes.c_uint32(0xffffffff))
    return list(out)[:10]
print("sums by key, of all, and lanes:", ran(False), ran(True), "for", want)
sys.exit(ran(False) != want or ran(True) != want)
EOF
sed 's/activemask.b32 %r3;/bar.sync 0; &/' "$work/sum.ptx" >"$work/barrier.ptx"
python3 "$source/tests/device/ptx_to_warp.py" "$work/barrier.ptx" >/dev/null 2>"$work/err" && fail "a barrier is not refused"
grep -q 'a barrier' "$work/err" || { cat "$work/err"; fail "a barrier is refused for another reason"; }

# --- a forecast: its run checks that the bits are the host's
forecast() { "$source/bench/gpu-forecast" "$eotmc" "$3" --cases dimuon-forced --scale 0.1 --keep "$work/keep" "${@:4}" 2>"$work/err"; }
forecast "$@" json >"$work/json"
case $? in 0) ;; 77) cat "$work/err"; exit 77 ;; *) cat "$work/err"; fail "gpu-forecast" ;; esac
forecast "$@" --against "$source/bench/results/h100-2026-11-27.json" >"$work/text" || { cat "$work/err"; fail "gpu-forecast --against"; }
refused() { # TEXT ARGUMENTS...
    text=$1; shift
    "$source/bench/gpu-forecast" "$@" >/dev/null 2>"$work/err"
    [ $? -eq 2 ] && [ "$(wc -l <"$work/err")" -eq 1 ] && grep -qF -- "$text" "$work/err" || { cat "$work/err"; fail "not refused with '$text': $*"; }
}
refused "unknown card or case 'none'" "$eotmc" "$3" --cards none
refused "the program is not there" "$work/none" "$3"
refused "the fake driver" "$eotmc" "$work"
refused "--scale 0" "$eotmc" "$3" --scale 0
refused "--against is not there" "$eotmc" "$3" --against "$work/none"
# the same with warps of one lane
keep=$work/keep/dimuon-forced
EOTMC_CUDA_DRIVER=$fake/libfake_cuda.so EOTMC_NVRTC=$work/none.so EOTMC_CUDA_KERNELS=$keep/ptx FAKE_CUDA=multiprocessors=1,lanes=1 FAKE_CUDA_PTX=$source/tests/device/ptx_run.sh \
    FAKE_CUDA_PTX_CACHE=$keep FAKE_CUDA_WARPS=$work/single.json XDG_CACHE_HOME=$keep/cache \
    "$eotmc" bench --case dimuon-forced --eot 200 --batch 200 --repeat 1 --device cuda:0 --format json -q >"$work/single" || fail "warps of one lane"
cat "$work/text"
python3 - "$work/json" "$keep/warps.json" "$work/single.json" "$work/text" <<'EOF' || exit 1
import glob, json, os, sys
ptx = {os.path.basename(name).split(".")[0]: open(name, errors="replace").read() for name in glob.glob(os.path.dirname(sys.argv[2]) + "/ptx/*")}
forecast, warps, single = (json.load(open(name)) for name in sys.argv[1:4])
text, bad = open(sys.argv[4]).read(), []
rows = {r["kernel"]: r for r in forecast["forecasts"][0]["kernels"]}
for kernel, c in warps.items():
    if kernel.startswith(("probe_", "bench_")):
        continue
    if kernel not in rows or f"\n{kernel} " not in text:
        bad.append(f"{kernel} has no row")
    elif not 0 < rows[kernel]["lanes"] <= 32 or not 0 < rows[kernel]["at_best"] <= rows[kernel]["expected"] or rows[kernel]["registers"] <= 0:
        bad.append(f"forecast of {kernel}: {rows[kernel]}")
    if any(not c["issued"][x] <= c["lanes"][x] <= 32 * c["issued"][x] for x in c["issued"] if not (x == "param" and c["issued"][x] == 0)):
        bad.append(f"lanes of {kernel}: {c}")
    if not c["atomic_places"] <= c["atomic_lanes"] or not c["atomic_depth"] <= c["atomic_lanes"] or c["atomic_lost"] > 0:
        bad.append(f"atomics of {kernel}: {c}")
for kernel in ("source", "replay", "muon", "fit_track", "select_event"):  # the others have launches by the time that they take
    a, b = warps[kernel], single[kernel]
    if any(x in ptx[kernel] for x in ("activemask", ".sync.")):  # sums depend on who is there, nothing else does
        for x in ("f64", "special", "special64", "convert64"):
            if a["lanes"][x] != b["lanes"][x] or x != "special64" and a["lanes"][x] == 0:
                bad.append(f"{kernel}: {a['lanes'][x]} instructions {x} in warps, {b['lanes'][x]} one by one")
        if a["atomic_lanes"] > (0.4 if kernel == "select_event" else 1) * b["atomic_lanes"]:
            bad.append(f"{kernel}: {a['atomic_lanes']} additions to memory in warps, {b['atomic_lanes']} one by one")
        continue
    if a["lanes"] != b["lanes"] or b["lanes"] != b["issued"]:
        bad.append(f"{kernel}: {a['lanes']} in warps, {b['lanes']} (issued {b['issued']}) one by one")
    if a["atomic_lanes"] != b["atomic_lanes"]:
        bad.append(f"{kernel}: {a['atomic_lanes']} atomics in warps, {b['atomic_lanes']} one by one")
if " measured  ratio" not in text or "s measured" not in text:
    bad.append("what was measured is not put beside the forecast")
print("\n".join("FAILED: " + x for x in bad) or f"{len(rows)} kernels have their forecast; as many instructions of lanes in warps as one by one, but for sums")
sys.exit(bool(bad))
EOF
