#include "sums/sums.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

/* Sums wrap around as unsigned numbers do, so that even a sum that is too large does not depend on the order. */
static int64_t wrapped_sum(int64_t a, int64_t b) { return (int64_t)((uint64_t)a + (uint64_t)b); }

/* Sum of two numbers of 192 bits. */
static void wide_sum(int64_t place[EOT_WIDE], const uint64_t term[EOT_WIDE]) {
    uint64_t carry = 0;
    for (int k = 0; k < EOT_WIDE; k++) {
        uint64_t sum = (uint64_t)place[k] + term[k], with_carry = sum + carry;
        carry = (sum < term[k] ? 1u : 0u) + (with_carry < carry ? 1u : 0u);
        place[k] = (int64_t)with_carry;
    }
}

/* The complement of two. */
static void wide_negate(uint64_t term[EOT_WIDE]) {
    for (int k = 0; k < EOT_WIDE; k++) term[k] = ~term[k];
    for (int k = 0; k < EOT_WIDE && ++term[k] == 0; k++) continue;
}

void eot_wide_add(int64_t place[EOT_WIDE], double v) {
    double size = fabs(v), whole = floor(size), fraction = (size - whole) * 0x1p64, upper = floor(fraction);
    double lower = floor((fraction - upper) * 0x1p64 + 0.5); /* exact but for this rounding: v has 53 bits */
    uint64_t term[EOT_WIDE] = {(uint64_t)lower, (uint64_t)upper, (uint64_t)whole};
    if (v < 0.0) wide_negate(term);
    wide_sum(place, term);
}

double eot_wide_value(const int64_t place[EOT_WIDE]) {
    uint64_t size[EOT_WIDE] = {(uint64_t)place[0], (uint64_t)place[1], (uint64_t)place[2]};
    bool is_negative = place[EOT_WIDE - 1] < 0;
    if (is_negative) wide_negate(size);
    double v = (double)size[2] + ((double)size[1] * 0x1p-64 + (double)size[0] * 0x1p-128);
    return is_negative ? -v : v;
}

static void wide_add_sum(int64_t place[EOT_WIDE], const int64_t other[EOT_WIDE]) {
    wide_sum(place, (const uint64_t[EOT_WIDE]){(uint64_t)other[0], (uint64_t)other[1], (uint64_t)other[2]});
}

static size_t places(const struct eot_sums_section *s) { return s->kind == EOT_SUMS_WIDE ? EOT_WIDE * s->n : s->n; }

size_t eot_sums_section_add(struct eot_sums_layout *layout, const char *name, enum eot_sums_kind kind,
                            enum eot_sums_scope scope, size_t n, bool is_tally) {
    if (layout->n_section == EOT_SUMS_MAX_SECTION || (kind == EOT_SUMS_MAXIMUM && scope != EOT_SUMS_PER_RUN))
        abort(); /* a mistake of the program that its first run shows */
    struct eot_sums_section *s = &layout->section[layout->n_section];
    *s = (struct eot_sums_section){name, kind, scope, n, is_tally, layout->n_value[scope]};
    layout->n_value[scope] += places(s);
    return layout->n_section++;
}

enum eot_status eot_sums_create(struct eot_sums *sums, const struct eot_sums_layout *layout,
                                const struct eot_sums_frame *frame, bool is_batch, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    *sums = (struct eot_sums){.layout = *layout, .frame = *frame};
    if (is_batch) sums->frame.n_block = 1;
    sums->block_primaries = calloc(sums->frame.n_block, sizeof *sums->block_primaries);
    sums->block_value = calloc(sums->frame.n_block * layout->n_value[EOT_SUMS_PER_BLOCK] + 1, sizeof(int64_t));
    sums->run_value = calloc(layout->n_value[EOT_SUMS_PER_RUN] + 1, sizeof(int64_t));
    EOT_CHECK_MEMORY(sums->block_primaries);
    EOT_CHECK_MEMORY(sums->block_value);
    EOT_CHECK_MEMORY(sums->run_value);
    if (is_batch) goto done;
    sums->apart_value = calloc(layout->n_value[EOT_SUMS_APART] + 1, sizeof(int64_t));
    EOT_CHECK_MEMORY(sums->apart_value);
done:
    return status;
}

void eot_sums_free(struct eot_sums *sums) {
    free(sums->range);
    free(sums->block_primaries);
    free(sums->block_value);
    free(sums->run_value);
    free(sums->apart_value);
    sums->range = NULL;
    sums->block_primaries = NULL;
    sums->block_value = sums->run_value = sums->apart_value = NULL;
    sums->n_range = 0;
}

size_t eot_sums_block_of(const struct eot_sums_frame *frame, uint64_t first) {
    uint64_t n_batch = (frame->n_primary + frame->batch - 1) / frame->batch, i = (first - frame->first) / frame->batch;
    return (size_t)(i * frame->n_block / n_batch);
}

/* Add the values of one scope, section by section. */
static void add_values(const struct eot_sums_layout *layout, enum eot_sums_scope scope, int64_t *to,
                       const int64_t *from) {
    for (size_t k = 0; k < layout->n_section; k++) {
        const struct eot_sums_section *s = &layout->section[k];
        if (s->scope != scope) continue;
        int64_t *a = to + s->first;
        const int64_t *b = from + s->first;
        for (size_t i = 0; s->kind == EOT_SUMS_COUNT && i < s->n; i++) a[i] = wrapped_sum(a[i], b[i]);
        for (size_t i = 0; s->kind == EOT_SUMS_MAXIMUM && i < s->n; i++) a[i] = a[i] > b[i] ? a[i] : b[i];
        for (size_t i = 0; s->kind == EOT_SUMS_WIDE && i < s->n; i++) wide_add_sum(a + EOT_WIDE * i, b + EOT_WIDE * i);
    }
}

/* The first range of `sums` that shares a primary with [first, end), or NULL. */
static const uint64_t *overlap(const struct eot_sums *sums, uint64_t first, uint64_t end) {
    for (size_t i = 0; i < sums->n_range; i++)
        if (first < sums->range[i][1] && sums->range[i][0] < end) return sums->range[i];
    return NULL;
}

/* Put [first, end), which overlaps no range, among the ranges. */
static enum eot_status add_range(struct eot_sums *sums, uint64_t first, uint64_t end, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t i = 0;
    while (i < sums->n_range && sums->range[i][1] < first) i++;
    bool touches_left = i < sums->n_range && sums->range[i][1] == first,
         touches_right = i + touches_left < sums->n_range && sums->range[i + touches_left][0] == end;
    if (touches_left && touches_right) {
        sums->range[i][1] = sums->range[i + 1][1];
        memmove(sums->range + i + 1, sums->range + i + 2, (sums->n_range - i - 2) * sizeof *sums->range);
        sums->n_range--;
    } else if (touches_left) {
        sums->range[i][1] = end;
    } else if (touches_right) {
        sums->range[i][0] = first;
    } else {
        uint64_t(*grown)[2] = realloc(sums->range, (sums->n_range + 1) * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        sums->range = grown;
        memmove(grown + i + 1, grown + i, (sums->n_range - i) * sizeof *grown);
        grown[i][0] = first;
        grown[i][1] = end;
        sums->n_range++;
    }
done:
    return status;
}

enum eot_status eot_sums_add(struct eot_sums *sums, const struct eot_sums *batch, uint64_t first, uint64_t n,
                             struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums_frame *f = &sums->frame;
    EOT_CHECK(first >= f->first && n <= f->n_primary && first - f->first <= f->n_primary - n, EOT_E_INTERNAL,
              "primaries %llu to %llu are not the run's; report this as a bug", (unsigned long long)first,
              (unsigned long long)(first + n));
    EOT_CHECK(overlap(sums, first, first + n) == NULL, EOT_E_INTERNAL,
              "primaries %llu to %llu were added twice; report this as a bug", (unsigned long long)first,
              (unsigned long long)(first + n));
    EOT_TRY(add_range(sums, first, first + n, err));
    size_t block = eot_sums_block_of(f, first), n_value = sums->layout.n_value[EOT_SUMS_PER_BLOCK];
    sums->block_primaries[block] += n;
    add_values(&sums->layout, EOT_SUMS_PER_BLOCK, sums->block_value + block * n_value, batch->block_value);
    add_values(&sums->layout, EOT_SUMS_PER_RUN, sums->run_value, batch->run_value);
done:
    return status;
}

static bool is_same_layout(const struct eot_sums_layout *a, const struct eot_sums_layout *b) {
    bool is_same = a->n_section == b->n_section;
    for (size_t i = 0; is_same && i < a->n_section; i++) {
        const struct eot_sums_section *s = &a->section[i], *t = &b->section[i];
        is_same = strcmp(s->name, t->name) == 0 && s->kind == t->kind && s->scope == t->scope && s->n == t->n &&
                  s->is_tally == t->is_tally;
    }
    return is_same;
}

/* Whether a sample apart has not been measured: all its sums are 0. */
static bool is_empty(const int64_t *value, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (value[i] != 0) return false;
    return true;
}

static enum eot_status check_parts(const struct eot_sums *a, const struct eot_sums *b, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums_frame *f = &a->frame, *h = &b->frame;
    EOT_CHECK(is_same_layout(&a->layout, &b->layout), EOT_E_USAGE,
              "the parts hold other sums (another kind of run, or another version); merge parts of one run");
    EOT_CHECK(
        f->first == h->first && f->n_primary == h->n_primary && f->batch == h->batch && f->n_block == h->n_block,
        EOT_E_USAGE,
        "one part is of a run of %llu primaries from %llu in batches of %llu, another of %llu from %llu in batches "
        "of %llu; merge parts of one run",
        (unsigned long long)f->n_primary, (unsigned long long)f->first, (unsigned long long)f->batch,
        (unsigned long long)h->n_primary, (unsigned long long)h->first, (unsigned long long)h->batch);
    for (size_t i = 0; i < b->n_range; i++) {
        const uint64_t *r = b->range[i], *other = overlap(a, r[0], r[1]);
        if (other == NULL) continue;
        uint64_t first = r[0] > other[0] ? r[0] : other[0], end = r[1] < other[1] ? r[1] : other[1];
        EOT_FAIL(EOT_E_USAGE,
                 "primaries %llu to %llu are in both parts (they would count twice); leave out one of them",
                 (unsigned long long)first, (unsigned long long)(end - 1));
    }
    for (size_t k = 0; k < a->layout.n_section; k++) {
        const struct eot_sums_section *s = &a->layout.section[k];
        if (s->scope != EOT_SUMS_APART) continue;
        const int64_t *u = a->apart_value + s->first, *v = b->apart_value + s->first;
        EOT_CHECK(is_empty(u, places(s)) || is_empty(v, places(s)) || memcmp(u, v, places(s) * sizeof *u) == 0,
                  EOT_E_USAGE,
                  "the parts differ in the sample '%s', which all parts of a run have alike; were they made by one "
                  "version?",
                  s->name);
    }
done:
    return status;
}

enum eot_status eot_sums_merge(struct eot_sums *sums, const struct eot_sums *part, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums_layout *layout = &sums->layout;
    EOT_TRY(check_parts(sums, part, err));
    uint64_t(*room)[2] = realloc(sums->range, (sums->n_range + part->n_range + 1) * sizeof *room);
    EOT_CHECK_MEMORY(room); /* from here on nothing fails */
    sums->range = room;
    for (size_t i = 0; i < part->n_range; i++) EOT_TRY(add_range(sums, part->range[i][0], part->range[i][1], err));
    size_t n = layout->n_value[EOT_SUMS_PER_BLOCK];
    for (size_t b = 0; b < sums->frame.n_block; b++) {
        sums->block_primaries[b] += part->block_primaries[b];
        add_values(layout, EOT_SUMS_PER_BLOCK, sums->block_value + b * n, part->block_value + b * n);
    }
    add_values(layout, EOT_SUMS_PER_RUN, sums->run_value, part->run_value);
    for (size_t k = 0; k < layout->n_section; k++) {
        const struct eot_sums_section *s = &layout->section[k];
        int64_t *own = sums->apart_value + s->first;
        if (s->scope == EOT_SUMS_APART && is_empty(own, places(s)))
            memcpy(own, part->apart_value + s->first, places(s) * sizeof *own);
    }
done:
    return status;
}

uint64_t eot_sums_primaries(const struct eot_sums *sums) {
    uint64_t n = 0;
    for (size_t b = 0; b < sums->frame.n_block; b++) n += sums->block_primaries[b];
    return n;
}

int64_t *eot_sums_at(const struct eot_sums *sums, size_t section, size_t block) {
    const struct eot_sums_section *s = &sums->layout.section[section];
    int64_t *value = s->scope == EOT_SUMS_PER_BLOCK
                         ? sums->block_value + block * sums->layout.n_value[EOT_SUMS_PER_BLOCK]
                     : s->scope == EOT_SUMS_PER_RUN ? sums->run_value
                                                    : sums->apart_value;
    return value + s->first;
}

static size_t n_part(const struct eot_sums *sums, size_t section) {
    return sums->layout.section[section].scope == EOT_SUMS_PER_BLOCK ? sums->frame.n_block : 1;
}

int64_t eot_sums_count(const struct eot_sums *sums, size_t section, size_t i) {
    int64_t sum = 0;
    for (size_t b = 0; b < n_part(sums, section); b++) sum = wrapped_sum(sum, eot_sums_at(sums, section, b)[i]);
    return sum;
}

static void wide_total(const struct eot_sums *sums, size_t section, size_t i, int64_t total[EOT_WIDE]) {
    for (int k = 0; k < EOT_WIDE; k++) total[k] = 0;
    for (size_t b = 0; b < n_part(sums, section); b++)
        wide_add_sum(total, eot_sums_at(sums, section, b) + EOT_WIDE * i);
}

double eot_sums_wide(const struct eot_sums *sums, size_t section, size_t i) {
    int64_t total[EOT_WIDE];
    wide_total(sums, section, i, total);
    return eot_wide_value(total);
}

void eot_sums_tally_hash(const struct eot_sums *sums, char hex[65]) {
    struct eot_sha256 hash;
    eot_sha256_init(&hash);
    for (size_t k = 0; k < sums->layout.n_section; k++) {
        const struct eot_sums_section *s = &sums->layout.section[k];
        if (!s->is_tally) continue;
        if (n_part(sums, k) == 1) { /* the totals are the values */
            eot_sha256_update(&hash, eot_sums_at(sums, k, 0), places(s) * sizeof(int64_t));
            continue;
        }
        for (size_t i = 0; i < s->n; i++) {
            int64_t total[EOT_WIDE] = {0};
            if (s->kind == EOT_SUMS_WIDE)
                wide_total(sums, k, i, total);
            else
                total[0] = eot_sums_count(sums, k, i);
            eot_sha256_update(&hash, total, (s->kind == EOT_SUMS_WIDE ? EOT_WIDE : 1) * sizeof total[0]);
        }
    }
    eot_sha256_finish(&hash, hex);
}

void eot_sums_hash(const struct eot_sums *sums, char hex[65]) {
    struct eot_sha256 hash;
    const struct eot_sums_layout *layout = &sums->layout;
    const uint64_t frame[4] = {sums->frame.first, sums->frame.n_primary, sums->frame.batch, sums->frame.n_block};
    eot_sha256_init(&hash);
    for (size_t k = 0; k < layout->n_section; k++) {
        const struct eot_sums_section *s = &layout->section[k];
        const uint64_t shape[3] = {(uint64_t)s->kind, (uint64_t)s->scope, s->n};
        eot_sha256_update(&hash, s->name, strlen(s->name) + 1);
        eot_sha256_update(&hash, shape, sizeof shape);
    }
    eot_sha256_update(&hash, frame, sizeof frame);
    if (sums->n_range > 0) eot_sha256_update(&hash, sums->range, sums->n_range * sizeof *sums->range);
    eot_sha256_update(&hash, sums->block_primaries, sums->frame.n_block * sizeof *sums->block_primaries);
    eot_sha256_update(&hash, sums->block_value,
                      sums->frame.n_block * layout->n_value[EOT_SUMS_PER_BLOCK] * sizeof(int64_t));
    eot_sha256_update(&hash, sums->run_value, layout->n_value[EOT_SUMS_PER_RUN] * sizeof(int64_t));
    if (sums->apart_value != NULL)
        eot_sha256_update(&hash, sums->apart_value, layout->n_value[EOT_SUMS_APART] * sizeof(int64_t));
    eot_sha256_finish(&hash, hex);
}
