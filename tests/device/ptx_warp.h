/* What the C made of PTX needs: operations of a warp's lanes with each other, and counts of what warps do.
 * Included by what ptx_to_c.py and ptx_to_warp.py write, and by fake_cuda.c. */
#ifndef PTX_WARP_H
#define PTX_WARP_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    PTX_LANES = 32,
    PTX_N_PLACE = 1 << 14,
    PTX_SECTOR = 32,
    PTX_LINE = 128,
    PTX_N_PIECE = 4,
    PTX_PIECE_BITS = 5,
    PTX_PIECE_STEP = 3
};

/* X(name): kinds of instructions. `word` is integers, f32 and moves; `special` has the divisions and roots that are
 * subroutines; `param` costs nothing but is counted. */
#define PTX_CLASSES(X) \
    X(word) X(f64) X(special) X(special64) X(convert64) X(global) X(local) X(atomic) X(control) X(param)
#define X(name) PTX_##name,
enum ptx_class { PTX_CLASSES(X) PTX_N_CLASS };
#undef X

/* A place of memory that atomics go to, by how many lanes and by how many warps. */
struct ptx_place {
    uint64_t address, lanes, warps;
};

/* Of a kernel, over its launches. */
struct ptx_counts {
    uint64_t launches, warps, items;
    uint64_t issued[PTX_N_CLASS], lanes[PTX_N_CLASS]; /* by warps; by lanes at work */
    uint64_t hundredths;                   /* of machine instructions issued, by the weights of ptx_to_warp.py */
    uint64_t global_sectors, global_lines; /* of 32 and 128 bytes, different ones of each instruction */
    uint64_t local_sectors, local_lines;
    uint64_t missed_sectors;               /* of both, not in a first cache of one's own (ptx_cached) */
    uint64_t loads, loads_missed;          /* instructions; of which some lane's sector is not there */
    uint64_t atomic_lanes, atomic_places;  /* lanes; different places, of each instruction */
    uint64_t atomic_depth, atomic_lost;    /* most lanes at one place, of each instruction; those without room below */
    uint64_t hottest_lanes, hottest_warps; /* at the place with most of a launch */
    struct ptx_place place[PTX_N_PLACE];
    uint64_t sector[1 << 12];            /* in the first cache, by its number plus 1 */
    uint64_t hottest_piece[PTX_N_PIECE]; /* lanes at the piece of memory with most of a launch, of 32, 256, ... bytes */
};

/* Where a warp stands in a launch. */
struct ptx_warp {
    uint32_t group, n_group, n_launched, first; /* first: of the group's work items */
    uint32_t finished;                          /* lanes */
    struct ptx_counts *count;
};

/* A warp of the kernel, of the lanes in the mask; parameters are addresses. */
typedef void ptx_warp_kernel(const uint64_t *param, struct ptx_warp *warp, uint32_t mask);

#define PTX_EACH(lane, mask) \
    for (uint32_t rest_##lane = (mask), lane; rest_##lane != 0 && (lane = (uint32_t)__builtin_ctz(rest_##lane), true); \
         rest_##lane &= rest_##lane - 1)

/* --- lanes with each other: operands and results by lane, for the lanes of `part` */

static inline void ptx_activemask(uint32_t part, uint64_t *out) { PTX_EACH(lane, part) out[lane] = part; }
/* Lanes with the same value. */
static inline void ptx_match_any(uint32_t part, const uint64_t *value, uint64_t *out) {
    PTX_EACH(lane, part) {
        out[lane] = 0;
        PTX_EACH(other, part) out[lane] |= (uint64_t)(value[other] == value[lane]) << other;
    }
}
/* All lanes if they have one value. */
static inline void ptx_match_all(uint32_t part, const uint64_t *value, uint64_t *out, uint64_t *is_met) {
    bool is_one = true;
    PTX_EACH(lane, part) is_one &= value[lane] == value[__builtin_ctz(part)];
    PTX_EACH(lane, part) out[lane] = is_one ? part : 0, is_met[lane] = is_one;
}
enum ptx_shuffle { PTX_IDX, PTX_UP, PTX_DOWN, PTX_BFLY };
static inline void ptx_shfl(uint32_t part, enum ptx_shuffle how, uint64_t *const *in, uint64_t *out, uint64_t *is_met) {
    PTX_EACH(lane, part) {
        uint32_t by = (uint32_t)in[1][lane] & 31, within = (uint32_t)in[2][lane], last = within & 31;
        uint32_t segment = within >> 8 & 31, most = (lane & segment) | (last & ~segment), least = lane & segment;
        uint32_t from = how == PTX_IDX    ? least | (by & ~segment)
                        : how == PTX_UP   ? lane - by
                        : how == PTX_DOWN ? lane + by
                                          : lane ^ by;
        bool is_in = how == PTX_UP ? (int32_t)from >= (int32_t)most : from <= most;
        if (!is_in) from = lane;
        is_met[lane] = is_in;
        out[lane] = part >> from & 1 ? in[0][from] : in[0][lane];
    }
}
static inline uint32_t ptx_ballot(uint32_t part, const uint64_t *value) {
    uint32_t out = 0;
    PTX_EACH(lane, part) out |= (uint32_t)(value[lane] != 0) << lane;
    return out;
}
enum ptx_vote { PTX_BALLOT, PTX_ANY, PTX_ALL, PTX_UNI };
static inline void ptx_vote(uint32_t part, enum ptx_vote how, const uint64_t *value, uint64_t *out) {
    uint32_t found = ptx_ballot(part, value);
    PTX_EACH(lane, part)
    out[lane] = how == PTX_BALLOT ? found
                : how == PTX_ANY  ? found != 0
                : how == PTX_ALL  ? found == part
                                  : found == part || found == 0;
}
enum ptx_redux { PTX_ADD, PTX_AND, PTX_OR, PTX_XOR, PTX_MIN, PTX_MAX };
/* By lanes with the same mask. */
static inline void ptx_redux(uint32_t part, enum ptx_redux how, bool is_signed, const uint64_t *value,
                             const uint64_t *member, uint64_t *out) {
    const uint32_t turned = is_signed ? 0x80000000u : 0;
    PTX_EACH(lane, part) {
        uint32_t found = (uint32_t)value[lane];
        PTX_EACH(other, part & (uint32_t)member[lane] & ~(1u << lane)) {
            uint32_t v = (uint32_t)value[other];
            bool is_less = (v ^ turned) < (found ^ turned);
            found = how == PTX_ADD                ? found + v
                    : how == PTX_AND              ? found & v
                    : how == PTX_OR               ? found | v
                    : how == PTX_XOR              ? found ^ v
                    : (how == PTX_MIN) == is_less ? v
                                                  : found;
        }
        out[lane] = found;
    }
}
/* Lanes that an operation waits for have to be there: on a card they come, here nobody goes on while it waits. */
static inline void ptx_expect(const struct ptx_warp *warp, uint32_t part, const uint64_t *member) {
    PTX_EACH(lane, part)
    if ((member[lane] & ~part & ~warp->finished) != 0) {
        fprintf(stderr, "lanes %#llx of a warp wait for others that are elsewhere; only %#x are there\n",
                (unsigned long long)member[lane], part);
        abort();
    }
}

static inline uint32_t ptx_reversed(uint32_t x) {
    uint32_t out = 0;
    for (int i = 0; i < 32; i++) out |= (x >> i & 1) << (31 - i);
    return out;
}
/* Place of the highest bit that is not the sign's; shifts: how far it is from the top. */
static inline uint32_t ptx_highest(uint64_t x, int bits, bool is_signed, bool is_shift) {
    if (bits == 32) x = is_signed ? (uint64_t)(int64_t)(int32_t)x : (uint32_t)x;
    if (is_signed && (int64_t)x < 0) x = ~x;
    if (x == 0) return UINT32_MAX;
    uint32_t at = 63 - (uint32_t)__builtin_clzll(x);
    return is_shift ? (uint32_t)bits - 1 - at : at;
}

/* --- counts */

/* Is a sector in a cache of 4096 (128 kB), each of which has one place? It is then. */
static inline bool ptx_cached(struct ptx_counts *c, uint64_t sector) {
    uint64_t *at = &c->sector[(sector * 0x9e3779b97f4a7c15u) >> 52];
    bool is_there = *at == sector + 1;
    *at = sector + 1;
    return is_there;
}
/* Different pieces among so many. */
static inline int ptx_different(const uint64_t *piece, int n, uint64_t *found) {
    uint8_t table[256] = {0};
    int n_found = 0;
    for (int i = 0; i < n; i++) {
        uint32_t at = (uint32_t)((piece[i] * 0x9e3779b97f4a7c15u) >> 56);
        while (table[at] != 0 && found[table[at] - 1] != piece[i]) at = (at + 1) & 255;
        if (table[at] != 0) continue;
        found[n_found] = piece[i];
        table[at] = (uint8_t)++n_found;
    }
    return n_found;
}
struct ptx_access {
    const uint64_t *where; /* by lane */
    uint32_t n_bytes;
    bool is_load;
};
/* A load or store by the lanes of the mask. Local memory, of which each lane has `size` bytes at
 * `local`, lies on a card word by word, each word's 32 lanes side by side. */
static inline void ptx_count_memory(struct ptx_counts *c, uint32_t mask, const struct ptx_access *a, uint64_t local,
                                    uint64_t size) {
    const uint64_t *where = a->where;
    const uint32_t n_bytes = a->n_bytes;
    bool is_missed = false;
    uint64_t piece[3][2 * PTX_LANES * 2], found[2 * PTX_LANES * 2];
    int n[2] = {0, 0}; /* of global and local memory */
    PTX_EACH(lane, mask) {
        uint64_t offset = where[lane] - local, first = where[lane] / PTX_SECTOR;
        if (offset < size * PTX_LANES) {
            uint64_t word = offset % size / 4;
            for (uint64_t w = word; w < word + (n_bytes + 3) / 4 && n[1] < 4 * PTX_LANES; w++)
                piece[1][n[1]++] = ((uint64_t)1 << 50) + w * 4 + offset / size / 8;
        } else {
            piece[0][n[0]++] = first;
            if ((where[lane] + n_bytes - 1) / PTX_SECTOR != first) piece[0][n[0]++] = first + 1;
        }
    }
    for (int k = 0; k < 2; k++) {
        if (n[k] == 0) continue;
        int n_sector = ptx_different(piece[k], n[k], found);
        for (int i = 0; i < n_sector; i++) {
            bool is_there = ptx_cached(c, found[i]);
            c->missed_sectors += !is_there;
            is_missed |= !is_there;
            piece[2][i] = found[i] / (PTX_LINE / PTX_SECTOR);
        }
        int n_line = ptx_different(piece[2], n_sector, found);
        *(k == 0 ? &c->global_sectors : &c->local_sectors) += (uint64_t)n_sector;
        *(k == 0 ? &c->global_lines : &c->local_lines) += (uint64_t)n_line;
    }
    c->loads += a->is_load && mask != 0;
    c->loads_missed += a->is_load && is_missed;
}
static inline void ptx_count_place(struct ptx_counts *c, uint64_t address, uint64_t lanes) {
    uint64_t at = (address * 0x9e3779b97f4a7c15u) >> 50;
    for (int tried = 0; tried < 64; tried++, at = (at + 1) % PTX_N_PLACE) {
        struct ptx_place *p = &c->place[at];
        if (p->address != 0 && p->address != address) continue;
        p->address = address;
        p->lanes += lanes;
        p->warps++;
        return;
    }
    c->atomic_lost += lanes;
}
static inline void ptx_count_atomic(struct ptx_counts *c, uint32_t mask, const uint64_t *where) {
    uint64_t address[PTX_LANES], lanes[PTX_LANES], most = 0;
    int n = 0, i;
    PTX_EACH(lane, mask) {
        for (i = 0; i < n && address[i] != where[lane]; i++) continue;
        if (i == n) address[n] = where[lane], lanes[n++] = 0;
        if (++lanes[i] > most) most = lanes[i];
    }
    for (i = 0; i < n; i++) ptx_count_place(c, address[i], lanes[i]);
    c->atomic_places += (uint64_t)n;
    c->atomic_depth += most;
    c->atomic_lanes += (uint64_t)__builtin_popcount(mask);
}

#endif
