#include "exchange/mcpl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char MAGIC[8] = "MCPL003L";
enum { N_HEAD_WORD = 8 };
enum head_word { N_COMMENT, N_BLOB, HAS_FLAGS, HAS_POLARISATION, IS_SINGLE, ONE_PDG, PARTICLE_BYTES, HAS_ONE_WEIGHT };

static void put_u32(FILE *out, uint32_t v) {
    unsigned char b[4];
    for (int i = 0; i < 4; i++) b[i] = (unsigned char)(v >> 8 * i);
    fwrite(b, 1, sizeof b, out);
}

static void put_u64(FILE *out, uint64_t v) {
    put_u32(out, (uint32_t)v);
    put_u32(out, (uint32_t)(v >> 32));
}

static void put_f64(FILE *out, double v) {
    uint64_t bits;
    memcpy(&bits, &v, sizeof bits);
    put_u64(out, bits);
}

static void put_text(FILE *out, const char *text) {
    put_u32(out, (uint32_t)strlen(text));
    fputs(text, out);
}

bool eot_mcpl_write_head(FILE *out, const struct eot_mcpl_head *head) {
    const uint32_t
        has_blob = head->key != NULL && head->blob != NULL,
        word[N_HEAD_WORD] = {
            [N_COMMENT] = (uint32_t)head->n_comment, [N_BLOB] = has_blob, [HAS_FLAGS] = 1, [PARTICLE_BYTES] = 72};
    fwrite(MAGIC, 1, sizeof MAGIC, out);
    put_u64(out, head->n_particle);
    for (int i = 0; i < N_HEAD_WORD; i++) put_u32(out, word[i]);
    put_text(out, head->source);
    for (size_t i = 0; i < head->n_comment; i++) put_text(out, head->comment[i]);
    if (has_blob) put_text(out, head->key);
    if (has_blob) put_text(out, head->blob);
    return ferror(out) == 0;
}

/* A direction in two numbers and a sign: the two smaller components, 1/u_z in place of u_z where that is one of them.
 */
static void pack_direction(const double u[3], double packed[2], double *sign) {
    double x = fabs(u[0]), y = fabs(u[1]), z = fabs(u[2]);
    packed[0] = u[0];
    packed[1] = u[1];
    *sign = u[2];
    if (fmax(x, y) < z) return;
    bool is_x = x >= y;
    packed[is_x ? 0 : 1] = z > 0.0 ? 1.0 / u[2] : INFINITY;
    *sign = is_x ? u[0] : u[1];
}

static void unpack_direction(const double packed[2], double sign, double u[3]) {
    u[0] = packed[0];
    u[1] = packed[1];
    int largest = fabs(packed[0]) > 1.0 ? 0 : fabs(packed[1]) > 1.0 ? 1 : 2;
    if (largest < 2) u[2] = 1.0 / packed[largest];
    double rest = 1.0;
    for (int i = 0; i < 3; i++)
        if (i != largest) rest -= u[i] * u[i];
    u[largest] = copysign(sqrt(fmax(rest, 0.0)), sign);
}

bool eot_mcpl_write_particle(FILE *out, const struct eot_mcpl_particle *p) {
    double packed[2], sign;
    pack_direction(p->direction, packed, &sign);
    for (int i = 0; i < 3; i++) put_f64(out, p->position[i]);
    put_f64(out, packed[0]);
    put_f64(out, packed[1]);
    put_f64(out, copysign(p->kinetic_energy, sign));
    put_f64(out, p->time);
    put_f64(out, p->weight);
    put_u32(out, (uint32_t)p->pdg);
    put_u32(out, p->user_flags);
    return ferror(out) == 0;
}

/* Bytes that are being taken apart; nothing is read beyond their end. */
struct reader {
    const unsigned char *byte;
    size_t n, at;
    bool is_short;
};

static uint32_t take_u32(struct reader *r) {
    uint32_t v = 0;
    r->is_short |= r->n - r->at < 4;
    for (int i = 0; i < 4 && !r->is_short; i++) v |= (uint32_t)r->byte[r->at++] << 8 * i;
    return v;
}

static uint64_t take_u64(struct reader *r) {
    uint64_t low = take_u32(r);
    return low | (uint64_t)take_u32(r) << 32;
}

static double take_real(struct reader *r, bool is_single) {
    uint64_t bits = is_single ? take_u32(r) : take_u64(r);
    uint32_t bits32 = (uint32_t)bits;
    double v;
    float single;
    memcpy(&v, &bits, sizeof v);
    memcpy(&single, &bits32, sizeof single);
    return is_single ? (double)single : v;
}

/* Pass over a text. @return its length, and where it begins. */
static size_t take_text(struct reader *r, const unsigned char **text) {
    size_t n = take_u32(r);
    r->is_short |= n > r->n - r->at;
    if (r->is_short) n = 0;
    *text = r->byte + r->at;
    r->at += n;
    return n;
}

/* What the head says of each particle. */
struct form {
    uint32_t word[N_HEAD_WORD];
    double weight; /* of all, if word[HAS_ONE_WEIGHT] */
};

static enum eot_status take_particle(struct reader *r, const struct form *f, uint64_t i, struct eot_mcpl_particle *p,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool is_single = f->word[IS_SINGLE] != 0;
    double packed[2], energy;
    for (int k = 0; k < 3 && f->word[HAS_POLARISATION] != 0; k++) take_real(r, is_single);
    for (int k = 0; k < 3; k++) p->position[k] = take_real(r, is_single);
    for (int k = 0; k < 2; k++) packed[k] = take_real(r, is_single);
    energy = take_real(r, is_single);
    p->time = take_real(r, is_single);
    p->weight = f->word[HAS_ONE_WEIGHT] != 0 ? f->weight : take_real(r, is_single);
    p->pdg = (int32_t)(f->word[ONE_PDG] != 0 ? f->word[ONE_PDG] : take_u32(r));
    p->user_flags = f->word[HAS_FLAGS] != 0 ? take_u32(r) : 0;
    p->kinetic_energy = fabs(energy);
    unpack_direction(packed, energy, p->direction);
    bool is_sound = isfinite(p->kinetic_energy) && isfinite(p->time) && isfinite(p->weight) && p->weight >= 0.0;
    double length = 0.0;
    for (int k = 0; k < 3; k++) {
        is_sound = is_sound && isfinite(p->position[k]);
        length += p->direction[k] * p->direction[k];
    }
    EOT_CHECK(is_sound && fabs(length - 1.0) < 1e-5, EOT_E_CONFIG,
              "its particle %llu has a number that cannot be (not finite, a negative weight, or no direction)",
              (unsigned long long)i);
done:
    return status;
}

/* Which random numbers a file of eotmc was made with. */
static void look_at_comment(const unsigned char *text, size_t n, struct eot_mcpl_file *file) {
    char line[128];
    unsigned long long seed, run;
    snprintf(line, sizeof line, "%.*s", (int)(n < sizeof line ? n : 0), (const char *)text);
    if (sscanf(line, EOT_MCPL_RANDOM, &seed, &run) != 2) return;
    file->has_random = true;
    file->seed = seed;
    file->run = run;
}

/* Magic, words and texts. @param r on return behind them. */
static enum eot_status take_head(struct reader *r, struct form *f, uint64_t *n_particle, struct eot_mcpl_file *file,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const unsigned char *text;
    EOT_CHECK(r->n >= sizeof MAGIC && memcmp(r->byte, MAGIC, sizeof MAGIC) == 0, EOT_E_CONFIG,
              "it is no MCPL file of format 3, little endian, uncompressed (gunzip it, or convert it by mcpltool)");
    r->at = sizeof MAGIC;
    *n_particle = take_u64(r);
    for (int i = 0; i < N_HEAD_WORD; i++) f->word[i] = take_u32(r);
    if (f->word[HAS_ONE_WEIGHT] != 0) f->weight = take_real(r, false);
    size_t n = take_text(r, &text), n_comment = f->word[N_COMMENT], n_text = 2 * (size_t)f->word[N_BLOB];
    snprintf(file->source, sizeof file->source, "%.*s", (int)(n < sizeof file->source ? n : sizeof file->source - 1),
             (const char *)text);
    for (size_t i = 0; i < n_comment && !r->is_short; i++) {
        n = take_text(r, &text);
        look_at_comment(text, n, file);
    }
    for (size_t i = 0; i < n_text && !r->is_short; i++) take_text(r, &text); /* keys, then what they hold */
    EOT_CHECK(!r->is_short, EOT_E_CONFIG, "its head is cut off (damaged)");
    size_t real = f->word[IS_SINGLE] != 0 ? 4 : 8,
           bytes = real * ((f->word[HAS_POLARISATION] != 0 ? 3u : 0u) + 7u + (f->word[HAS_ONE_WEIGHT] != 0 ? 0u : 1u)) +
                   (f->word[ONE_PDG] != 0 ? 0u : 4u) + (f->word[HAS_FLAGS] != 0 ? 4u : 0u);
    EOT_CHECK(f->word[PARTICLE_BYTES] == bytes, EOT_E_CONFIG,
              "its head says %u bytes a particle, its options make %zu (damaged)", f->word[PARTICLE_BYTES], bytes);
    EOT_CHECK((r->n - r->at) / bytes >= *n_particle, EOT_E_CONFIG, "it holds %zu of %llu particles (cut off)",
              (r->n - r->at) / bytes, (unsigned long long)*n_particle);
done:
    return status;
}

enum eot_status eot_mcpl_parse(const unsigned char *bytes, size_t n_bytes, size_t most, struct eot_mcpl_file *file,
                               struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct reader r = {.byte = bytes, .n = n_bytes};
    struct form form = {.weight = 0.0};
    uint64_t n = 0;
    EOT_TRY(take_head(&r, &form, &n, file, err));
    EOT_CHECK(n <= most, EOT_E_CONFIG, "it holds %llu particles, at most %zu are read; divide it (mcpltool -l)",
              (unsigned long long)n, most);
    file->particle = malloc(((size_t)n + 1) * sizeof *file->particle);
    EOT_CHECK_MEMORY(file->particle);
    file->has_user_flags = form.word[HAS_FLAGS] != 0;
    for (uint64_t i = 0; i < n; i++) {
        EOT_TRY(take_particle(&r, &form, i, &file->particle[i], err));
        file->n_particle++;
    }
done:
    return status;
}

void eot_mcpl_file_free(struct eot_mcpl_file *file) {
    free(file->particle);
    *file = (struct eot_mcpl_file){.n_particle = 0};
}
