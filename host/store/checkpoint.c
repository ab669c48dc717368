#include "store/checkpoint.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/file.h"
#include "output/output.h"

static const char MAGIC[8] = "EOTSTATE";
static const uint64_t FORMAT = 2, ORDER = 0x0102030405060708u;
enum { N_CHECKSUM = 64 };
static const uint64_t MAX_FILE = (uint64_t)1 << 30, MAX_RANGE = (uint64_t)1 << 20;

static const char *const PLANE_FILE[EOT_N_PLANE_FILE] = {
#define EOT_PLANE_FILE(name, file, most) file,
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
};
static const uint64_t PLANE_MOST[EOT_N_PLANE_FILE] = {
#define EOT_PLANE_FILE(name, file, most) most,
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
};
static const size_t PLANE_BYTES[EOT_N_PLANE_FILE] = {
#define EOT_PLANE_FILE(name, file, most) sizeof *((struct eot_plane_rows *)0)->name,
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
};

/* Bytes that are being put together. */
struct writer {
    unsigned char *byte;
    size_t n, capacity;
    bool is_failed;
};

static void put(struct writer *w, const void *bytes, size_t n) {
    if (w->n + n > w->capacity) {
        size_t capacity = 2 * (w->n + n);
        unsigned char *grown = realloc(w->byte, capacity);
        if (grown == NULL) {
            w->is_failed = true;
            return;
        }
        w->byte = grown;
        w->capacity = capacity;
    }
    if (n > 0) memcpy(w->byte + w->n, bytes, n);
    w->n += n;
}

static void put_u64(struct writer *w, uint64_t v) { put(w, &v, sizeof v); }

/* Bytes that are being taken apart; nothing is read beyond their end. */
struct reader {
    const unsigned char *byte;
    size_t n, at;
    bool is_short;
};

static void take(struct reader *r, void *to, size_t n) {
    if (n > r->n - r->at) {
        r->is_short = true;
        r->at = r->n;
        memset(to, 0, n);
        return;
    }
    memcpy(to, r->byte + r->at, n);
    r->at += n;
}

static uint64_t take_u64(struct reader *r) {
    uint64_t v = 0;
    take(r, &v, sizeof v);
    return v;
}

/* A text of fixed length, ended by a zero whatever the bytes are. */
static void take_text(struct reader *r, char *text, size_t n) {
    take(r, text, n);
    text[n - 1] = '\0';
}

static uint64_t hash_layout(const struct eot_sums_layout *layout) {
    struct eot_sha256 hash;
    char hex[65];
    eot_sha256_init(&hash);
    for (size_t i = 0; i < layout->n_section; i++) {
        const struct eot_sums_section *s = &layout->section[i];
        const uint64_t shape[4] = {(uint64_t)s->kind, (uint64_t)s->scope, s->n, s->is_tally ? 1u : 0u};
        eot_sha256_update(&hash, s->name, strlen(s->name) + 1);
        eot_sha256_update(&hash, shape, sizeof shape);
    }
    eot_sha256_finish(&hash, hex);
    hex[16] = '\0';
    return strtoull(hex, NULL, 16);
}

/* The texts and numbers of a head, in their order; the same list writes and reads. */
#define HEAD_TEXTS(X) X(version) X(job) X(config_sha256) X(world_sha256)

static void put_head(struct writer *w, const struct eot_checkpoint_head *h) {
#define X(text) put(w, h->text, sizeof h->text);
    HEAD_TEXTS(X)
#undef X
    put_u64(w, h->first);
    put_u64(w, h->end);
    put_u64(w, h->n_column);
    put_u64(w, h->is_finished ? 1u : 0u);
    put(w, &h->wall_s, sizeof h->wall_s);
    put(w, &h->kernel_s, sizeof h->kernel_s);
    put_u64(w, h->n_row);
    put_u64(w, h->n_row_dropped);
    put(w, h->events_sha256, sizeof h->events_sha256);
    for (int f = 0; f < EOT_N_PLANE_FILE; f++) {
        put_u64(w, h->plane[f].n);
        put_u64(w, h->plane[f].n_dropped);
        put(w, h->plane[f].sha256, sizeof h->plane[f].sha256);
    }
    put_u64(w, h->n_followed);
    put_u64(w, h->lost.n);
    put_u64(w, h->lost.n_kept);
    for (size_t i = 0; i < h->lost.n_kept; i++) {
        put_u64(w, h->lost.kept[i].primary);
        put_u64(w, h->lost.kept[i].faults);
    }
    put_u64(w, h->n_device);
    put(w, h->device, sizeof h->device);
}

static void take_head(struct reader *r, struct eot_checkpoint_head *h) {
#define X(text) take_text(r, h->text, sizeof h->text);
    HEAD_TEXTS(X)
#undef X
    h->first = take_u64(r);
    h->end = take_u64(r);
    h->n_column = take_u64(r);
    h->is_finished = take_u64(r) != 0;
    take(r, &h->wall_s, sizeof h->wall_s);
    take(r, &h->kernel_s, sizeof h->kernel_s);
    h->n_row = take_u64(r);
    h->n_row_dropped = take_u64(r);
    take_text(r, h->events_sha256, sizeof h->events_sha256);
    for (int f = 0; f < EOT_N_PLANE_FILE; f++) {
        h->plane[f].n = take_u64(r);
        h->plane[f].n_dropped = take_u64(r);
        take_text(r, h->plane[f].sha256, sizeof h->plane[f].sha256);
        r->is_short |= h->plane[f].n > PLANE_MOST[f];
    }
    h->n_followed = take_u64(r);
    memset(&h->lost, 0, sizeof h->lost);
    h->lost.n = take_u64(r);
    uint64_t n_lost = take_u64(r);
    r->is_short |= n_lost > EOT_MAX_LOST_KEPT;
    while (!r->is_short && h->lost.n_kept < n_lost) {
        h->lost.kept[h->lost.n_kept].primary = take_u64(r);
        h->lost.kept[h->lost.n_kept++].faults = (uint32_t)take_u64(r);
    }
    h->n_device = take_u64(r);
    take(r, h->device, sizeof h->device);
    for (int i = 0; i < EOT_CHECKPOINT_MAX_DEVICE; i++)
        for (int k = 0; k < 2; k++) h->device[i][k][sizeof h->device[i][k] - 1] = '\0';
}

static void put_sums(struct writer *w, const struct eot_sums *s) {
    put_u64(w, hash_layout(&s->layout));
    put_u64(w, s->frame.first);
    put_u64(w, s->frame.n_primary);
    put_u64(w, s->frame.batch);
    put_u64(w, s->frame.n_block);
    put_u64(w, s->n_range);
    put(w, s->range, s->n_range * sizeof *s->range);
    put(w, s->block_primaries, s->frame.n_block * sizeof *s->block_primaries);
    put(w, s->block_value, s->frame.n_block * s->layout.n_value[EOT_SUMS_PER_BLOCK] * sizeof(int64_t));
    put(w, s->run_value, s->layout.n_value[EOT_SUMS_PER_RUN] * sizeof(int64_t));
    put(w, s->apart_value, s->layout.n_value[EOT_SUMS_APART] * sizeof(int64_t));
}

/* Ranges that rise, neither touch nor overlap, lie in the frame, and have as many primaries as the blocks. */
static bool ranges_are_sound(const struct eot_sums *s) {
    uint64_t n = 0, before = 0;
    for (size_t i = 0; i < s->n_range; i++) {
        const uint64_t *r = s->range[i];
        if (r[0] >= r[1] || r[0] < s->frame.first || r[1] - s->frame.first > s->frame.n_primary) return false;
        if (i > 0 && r[0] <= before) return false;
        before = r[1];
        n += r[1] - r[0];
    }
    return n == eot_sums_primaries(s);
}

static enum eot_status take_sums(struct reader *r, const struct eot_sums_layout *layout, struct eot_sums *sums,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_sums_frame f;
    EOT_CHECK(take_u64(r) == hash_layout(layout), EOT_E_IO,
              "its sums are those of another kind of run or of another version; use the version that wrote it");
    f.first = take_u64(r);
    f.n_primary = take_u64(r);
    f.batch = take_u64(r);
    uint64_t n_block = take_u64(r), n_range = take_u64(r);
    EOT_CHECK(!r->is_short && f.n_primary > 0 && f.batch > 0 && f.first <= UINT64_MAX - f.n_primary && n_block > 0 &&
                  n_block <= EOT_MAX_BLOCK && n_range <= MAX_RANGE,
              EOT_E_IO, "its head makes no sense (damaged); use an older one, or begin anew with --force");
    f.n_block = (size_t)n_block;
    EOT_TRY(eot_sums_create(sums, layout, &f, false, err));
    sums->range = malloc((size_t)(n_range + 1) * sizeof *sums->range);
    EOT_CHECK_MEMORY(sums->range);
    sums->n_range = (size_t)n_range;
    take(r, sums->range, sums->n_range * sizeof *sums->range);
    take(r, sums->block_primaries, f.n_block * sizeof *sums->block_primaries);
    take(r, sums->block_value, f.n_block * layout->n_value[EOT_SUMS_PER_BLOCK] * sizeof(int64_t));
    take(r, sums->run_value, layout->n_value[EOT_SUMS_PER_RUN] * sizeof(int64_t));
    take(r, sums->apart_value, layout->n_value[EOT_SUMS_APART] * sizeof(int64_t));
    EOT_CHECK(!r->is_short && ranges_are_sound(sums), EOT_E_IO,
              "its ranges of primaries make no sense (damaged); use an older one, or begin anew with --force");
done:
    return status;
}

/* Magic, format, order of bytes and the checksum at the end. @param r on return behind the first three. */
static enum eot_status open_bytes(const unsigned char *bytes, size_t n_bytes, struct reader *r, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char magic[sizeof MAGIC], hex[65];
    EOT_CHECK(n_bytes >= sizeof MAGIC + 2 * sizeof(uint64_t) + N_CHECKSUM, EOT_E_IO,
              "it has %zu bytes (cut off); use an older one, or begin anew with --force", n_bytes);
    *r = (struct reader){.byte = bytes, .n = n_bytes - N_CHECKSUM};
    take(r, magic, sizeof magic);
    EOT_CHECK(memcmp(magic, MAGIC, sizeof magic) == 0, EOT_E_IO, "it is no checkpoint of eotmc; name another folder");
    uint64_t format = take_u64(r), order = take_u64(r);
    EOT_CHECK(order == ORDER, EOT_E_IO,
              "it was written by a machine with another order of bytes; go on with it on a machine of that kind");
    EOT_CHECK(format == FORMAT, EOT_E_IO, "its format is %llu, this version reads %llu; use the version that wrote it",
              (unsigned long long)format, (unsigned long long)FORMAT);
    eot_sha256_hex(bytes, r->n, hex);
    EOT_CHECK(memcmp(hex, bytes + r->n, N_CHECKSUM) == 0, EOT_E_IO,
              "its checksum is wrong (damaged or cut off); use an older one, or begin anew with --force");
done:
    return status;
}

enum eot_status eot_checkpoint_parse(const unsigned char *bytes, size_t n_bytes, const struct eot_sums_layout *layout,
                                     struct eot_checkpoint_head *head, struct eot_sums *sums, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct reader r;
    EOT_TRY(open_bytes(bytes, n_bytes, &r, err));
    take_head(&r, head);
    EOT_CHECK(!r.is_short && head->n_device <= EOT_CHECKPOINT_MAX_DEVICE && head->n_column <= EOT_N_EVENT_COLUMN &&
                  head->n_row <= EOT_MAX_EVENT_ROW && head->first <= head->end,
              EOT_E_IO, "its head makes no sense (damaged); use an older one, or begin anew with --force");
    if (layout == NULL) goto done;
    EOT_TRY(take_sums(&r, layout, sums, err));
    EOT_CHECK(r.at == r.n, EOT_E_IO,
              "it is longer than its contents (damaged); use an older one, or begin anew with "
              "--force");
done:
    return status;
}

/* All bytes of a file that is no link, no folder and not enormous. @param bytes the caller's to free. */
static enum eot_status read_bytes(const char *folder, const char *name, unsigned char **bytes, size_t *n_bytes,
                                  struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct stat information;
    char *path = eot_output_path(folder, name);
    int descriptor = -1;
    *bytes = NULL;
    *n_bytes = 0;
    EOT_CHECK_MEMORY(path);
    descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    EOT_CHECK(descriptor >= 0, EOT_E_IO, "it cannot be read (%s); name another folder", strerror(errno));
    EOT_CHECK(fstat(descriptor, &information) == 0 && S_ISREG(information.st_mode), EOT_E_IO,
              "it is no plain file; name another folder");
    EOT_CHECK((uint64_t)information.st_size <= MAX_FILE, EOT_E_IO, "it has %lld bytes, more than any checkpoint",
              (long long)information.st_size);
    *bytes = malloc((size_t)information.st_size + 1);
    EOT_CHECK_MEMORY(*bytes);
    while (*n_bytes < (size_t)information.st_size) {
        ssize_t n = read(descriptor, *bytes + *n_bytes, (size_t)information.st_size - *n_bytes);
        if (n < 0 && errno == EINTR) continue;
        EOT_CHECK(n >= 0, EOT_E_IO, "it cannot be read (%s); name another folder", strerror(errno));
        if (n == 0) break;
        *n_bytes += (size_t)n;
    }
done:
    if (descriptor >= 0) close(descriptor);
    free(path);
    return status;
}

static size_t row_bytes(uint64_t n_column) { return sizeof(uint64_t) + (size_t)n_column * sizeof(float); }

static void row_pack(const struct eot_event_row *row, uint64_t n_column, unsigned char *bytes) {
    memcpy(bytes, &row->primary, sizeof row->primary);
    memcpy(bytes + sizeof row->primary, row->value, (size_t)n_column * sizeof *row->value);
}

/* The rows that a checkpoint knows, from the head of the file of events. */
static enum eot_status read_events(const char *folder, const struct eot_checkpoint_head *head, struct eot_run *run,
                                   struct eot_checkpoint_events *events, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *bytes = NULL;
    uint64_t n_column = head->n_column, n_row = head->n_row;
    size_t n_bytes = 0, size = row_bytes(n_column);
    struct eot_event_rows rows = {0};
    struct eot_sha256 hash;
    char hex[65];
    eot_sha256_init(&events->hash);
    events->n_row = 0;
    if (n_row > 0) EOT_TRY(read_bytes(folder, EOT_CHECKPOINT_EVENTS, &bytes, &n_bytes, err));
    EOT_CHECK(n_bytes / size >= n_row, EOT_E_IO, "%s holds %zu events, the checkpoint knows %llu (cut off)",
              EOT_CHECKPOINT_EVENTS, n_bytes / size, (unsigned long long)n_row);
    if (n_row > 0) eot_sha256_update(&events->hash, bytes, (size_t)n_row * size);
    hash = events->hash;
    eot_sha256_finish(&hash, hex);
    EOT_CHECK(strcmp(hex, head->events_sha256) == 0, EOT_E_IO,
              "the events in %s are not those of the checkpoint (damaged)", EOT_CHECKPOINT_EVENTS);
    for (uint64_t i = 0; i < n_row && status == EOT_OK; i++) {
        uint64_t primary;
        float value[EOT_N_EVENT_COLUMN];
        memcpy(&primary, bytes + i * size, sizeof primary);
        memcpy(value, bytes + i * size + sizeof primary, (size_t)n_column * sizeof *value);
        status = eot_event_rows_add(&rows, primary, value, (size_t)n_column, err);
    }
    events->n_row = n_row;
done:
    run->row = rows.row;
    run->n_row = rows.n;
    free(bytes);
    return status;
}

static void rows_begin(struct eot_checkpoint_rows *rows) {
    if (!rows->has_begun) eot_sha256_init(&rows->hash);
    rows->has_begun = true;
}

/* The rows of planes that a checkpoint knows, of one file. @param row the caller's to free. */
static enum eot_status read_plane_file(const char *folder, const struct eot_checkpoint_head *head, int f,
                                       struct eot_checkpoint_rows *rows, void **row, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *bytes = NULL;
    size_t n_bytes = 0, size = PLANE_BYTES[f], n = (size_t)head->plane[f].n, room = 1;
    char hex[65];
    *rows = (struct eot_checkpoint_rows){0};
    rows_begin(rows);
    if (n > 0) EOT_TRY(read_bytes(folder, PLANE_FILE[f], &bytes, &n_bytes, err));
    EOT_CHECK(n_bytes / size >= n, EOT_E_IO, "%s holds %zu rows, the checkpoint knows %zu (cut off)", PLANE_FILE[f],
              n_bytes / size, n);
    eot_sha256_update(&rows->hash, bytes, n * size);
    struct eot_sha256 hash = rows->hash;
    eot_sha256_finish(&hash, hex);
    EOT_CHECK(strcmp(hex, head->plane[f].sha256) == 0, EOT_E_IO,
              "the rows in %s are not those of the checkpoint "
              "(damaged)",
              PLANE_FILE[f]);
    rows->n = n;
    if (n == 0) goto done;
    while (room < n) room *= 2; /* as engine/plane_rows.h lets them grow */
    *row = realloc(bytes, room * size > n_bytes ? room * size : n_bytes);
    EOT_CHECK_MEMORY(*row);
    bytes = NULL;
done:
    free(bytes);
    return status;
}

static enum eot_status read_planes(const char *folder, const struct eot_checkpoint_head *head, struct eot_run *run,
                                   struct eot_checkpoint_events *events, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    void *row = NULL;
#define EOT_PLANE_FILE(name, file, most) \
    row = NULL; \
    status = read_plane_file(folder, head, EOT_PLANE_FILE_##name, &events->plane[EOT_PLANE_FILE_##name], &row, err); \
    EOT_TRY(status); \
    run->planes.name = row; \
    run->planes.n_##name = (size_t)head->plane[EOT_PLANE_FILE_##name].n; \
    run->planes.n_##name##_dropped = (size_t)head->plane[EOT_PLANE_FILE_##name].n_dropped;
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
done:
    return status;
}

/* One generation. */
static enum eot_status read_generation(const char *folder, const char *name, const struct eot_sums_layout *layout,
                                       struct eot_checkpoint_head *head, struct eot_run *run,
                                       struct eot_checkpoint_events *events, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *bytes = NULL;
    size_t n_bytes;
    EOT_TRY(read_bytes(folder, name, &bytes, &n_bytes, err));
    EOT_TRY(eot_checkpoint_parse(bytes, n_bytes, layout, head, &run->sums, err));
    if (layout == NULL) goto done;
    EOT_TRY(read_events(folder, head, run, events, err));
    EOT_TRY(read_planes(folder, head, run, events, err));
    run->n_row_dropped = (size_t)head->n_row_dropped;
    run->n_followed = head->n_followed;
    run->lost = head->lost;
    run->wall_s = head->wall_s;
    run->kernel_s = head->kernel_s;
done:
    free(bytes);
    return status;
}

static const char *const GENERATION[] = {EOT_CHECKPOINT_FILE, EOT_CHECKPOINT_PREVIOUS};
enum { N_GENERATION = sizeof GENERATION / sizeof GENERATION[0] };

bool eot_checkpoint_exists(const char *folder) {
    for (int i = 0; i < N_GENERATION; i++)
        if (eot_output_has(folder, GENERATION[i])) return true;
    return false;
}

void eot_checkpoint_forget_previous(const char *folder) {
    char *path = eot_output_path(folder, EOT_CHECKPOINT_PREVIOUS);
    if (path != NULL) unlink(path);
    free(path);
}

enum eot_status eot_checkpoint_read(const char *folder, const struct eot_sums_layout *layout,
                                    struct eot_checkpoint_head *head, struct eot_run *run,
                                    struct eot_checkpoint_events *events, struct eot_error *err) {
    enum eot_status status = EOT_E_IO;
    struct eot_error first = {.status = EOT_OK};
    for (int i = 0; i < N_GENERATION; i++) {
        struct eot_error own = {.status = EOT_OK};
        status = read_generation(folder, GENERATION[i], layout, head, run, events, &own);
        if (status == EOT_OK) return EOT_OK;
        if (i == 0) first = own;
        eot_run_free(run);
        memset(run, 0, sizeof *run);
        if (status == EOT_E_MEMORY) break;
    }
    return eot_error_set(err, status == EOT_E_MEMORY ? status : EOT_E_IO, __FILE__, __LINE__, __func__, "%s/%s: %s",
                         folder, EOT_CHECKPOINT_FILE, first.text);
}

enum eot_status eot_checkpoint_read_head(const char *folder, struct eot_checkpoint_head *head, struct eot_error *err) {
    struct eot_run none = {0};
    struct eot_checkpoint_events events;
    return eot_checkpoint_read(folder, NULL, head, &none, &events, err);
}

/* Append bytes to a file behind the first `at`; what stands there was written by a run that ended before its
 * checkpoint. */
static enum eot_status append_bytes(const char *folder, const char *name, off_t at, const unsigned char *bytes,
                                    size_t n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    char *path = eot_output_path(folder, name);
    int descriptor = -1;
    EOT_CHECK_MEMORY(path);
    descriptor = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
    int error = descriptor < 0 || ftruncate(descriptor, at) != 0 ? errno : 0;
    for (size_t done = 0; error == 0 && done < n_bytes;) {
        ssize_t n = pwrite(descriptor, bytes + done, n_bytes - done, at + (off_t)done);
        if (n < 0 && errno != EINTR) error = errno;
        if (n > 0) done += (size_t)n;
    }
    if (error == 0 && fsync(descriptor) != 0) error = errno;
    EOT_CHECK(error == 0, EOT_E_IO, "cannot write '%s' (%s); free space or choose another folder with -o", path,
              strerror(error));
done:
    if (descriptor >= 0) close(descriptor);
    free(path);
    return status;
}

/* Append the events that are not on the disk yet. */
static enum eot_status append_events(const char *folder, uint64_t n_column, const struct eot_run *run,
                                     struct eot_checkpoint_events *events, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t size = row_bytes(n_column), n_new = run->n_row - (size_t)events->n_row;
    unsigned char *bytes = NULL;
    if (n_new == 0) return EOT_OK;
    bytes = malloc(n_new * size);
    EOT_CHECK_MEMORY(bytes);
    for (size_t i = 0; i < n_new; i++) row_pack(&run->row[events->n_row + i], n_column, bytes + i * size);
    EOT_TRY(append_bytes(folder, EOT_CHECKPOINT_EVENTS, (off_t)(events->n_row * size), bytes, n_new * size, err));
    eot_sha256_update(&events->hash, bytes, n_new * size);
    events->n_row = run->n_row;
done:
    free(bytes);
    return status;
}

/* The same of one file of rows of planes. @param row all of the run's. */
static enum eot_status append_plane_file(const char *folder, int f, const void *row, size_t n,
                                         struct eot_checkpoint_rows *rows, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    size_t size = PLANE_BYTES[f], before = (size_t)rows->n;
    const unsigned char *fresh = n > before ? (const unsigned char *)row + before * size : NULL;
    rows_begin(rows);
    if (fresh == NULL) return EOT_OK;
    EOT_TRY(append_bytes(folder, PLANE_FILE[f], (off_t)(before * size), fresh, (n - before) * size, err));
    eot_sha256_update(&rows->hash, fresh, (n - before) * size);
    rows->n = n;
done:
    return status;
}

/* The same of both, and what the head says of them. */
static enum eot_status append_planes(const char *folder, const struct eot_plane_rows *planes,
                                     struct eot_checkpoint_events *events, struct eot_checkpoint_head *head,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
#define EOT_PLANE_FILE(name, file, most) \
    EOT_TRY(append_plane_file(folder, EOT_PLANE_FILE_##name, planes->name, planes->n_##name, \
                              &events->plane[EOT_PLANE_FILE_##name], err)); \
    head->plane[EOT_PLANE_FILE_##name].n_dropped = planes->n_##name##_dropped;
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
    for (int f = 0; f < EOT_N_PLANE_FILE; f++) {
        struct eot_sha256 hash = events->plane[f].hash;
        eot_sha256_finish(&hash, head->plane[f].sha256);
        head->plane[f].n = events->plane[f].n;
    }
done:
    return status;
}

enum eot_status eot_checkpoint_write(const char *folder, const struct eot_checkpoint_head *head,
                                     const struct eot_run *run, struct eot_checkpoint_events *events,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct writer w = {0};
    struct eot_checkpoint_head own = *head;
    char hex[65];
    EOT_TRY(append_events(folder, head->n_column, run, events, err));
    EOT_TRY(append_planes(folder, &run->planes, events, &own, err));
    struct eot_sha256 hash = events->hash;
    eot_sha256_finish(&hash, own.events_sha256);
    own.n_row = run->n_row;
    own.n_row_dropped = run->n_row_dropped;
    own.n_followed = run->n_followed;
    own.lost = run->lost;
    put(&w, MAGIC, sizeof MAGIC);
    put_u64(&w, FORMAT);
    put_u64(&w, ORDER);
    put_head(&w, &own);
    put_sums(&w, &run->sums);
    if (!w.is_failed) eot_sha256_hex(w.byte, w.n, hex);
    put(&w, hex, N_CHECKSUM);
    EOT_CHECK(!w.is_failed, EOT_E_MEMORY, "out of memory for a checkpoint; free memory");
    EOT_TRY(eot_output_replace_file(folder, EOT_CHECKPOINT_FILE, EOT_CHECKPOINT_PREVIOUS, w.byte, w.n, err));
done:
    free(w.byte);
    return status;
}
