/** @file checkpoint.h
 * The state of a run on the disk: integer sums, ranges of primaries that are in them, events kept so far. A run goes on
 * from it to the same bits, and parts of a run are merged from their states.
 *
 * Two files in the folder of the run. `checkpoint.eot` is flat: magic, version, order of bytes, who made it from what,
 * the part of the run that it is of, ranges, sums, length and hash of the events, and at its end the SHA-256 of
 * everything before. It is validated as a whole before any field is believed. It is replaced by renaming; the one
 * before stays as `checkpoint.previous.eot`. `checkpoint-events.eot`, and those of planes, grow at their end only:
 * whatever stands behind the length that a checkpoint holds was written after it and is cut off. */
#ifndef EOT_HOST_STORE_CHECKPOINT_H
#define EOT_HOST_STORE_CHECKPOINT_H

#include "base/sha256.h"
#include "engine/run.h"

#define EOT_CHECKPOINT_FILE "checkpoint.eot"
#define EOT_CHECKPOINT_PREVIOUS "checkpoint.previous.eot"
#define EOT_CHECKPOINT_EVENTS "checkpoint-events.eot"
#define EOT_CHECKPOINT_MAX_DEVICE 16

/* Rows of planes, each kind in a file of its own that grows as that of events does: EOT_PLANE_FILE(name, file, most).
 */
#define EOT_PLANE_FILES(EOT_PLANE_FILE) \
    EOT_PLANE_FILE(particle, "checkpoint-particles.eot", EOT_MAX_PLANE_PARTICLE) \
    EOT_PLANE_FILE(state, "checkpoint-states.eot", EOT_MAX_PLANE_STATE)
enum eot_plane_file {
#define EOT_PLANE_FILE(name, file, most) EOT_PLANE_FILE_##name,
    EOT_PLANE_FILES(EOT_PLANE_FILE)
#undef EOT_PLANE_FILE
        EOT_N_PLANE_FILE
};

/** What a state says about its run. Texts are equal between parts of one run, all but the devices. */
struct eot_checkpoint_head {
    char version[32];       /* of eotmc */
    char job[32];           /* kind of run: eot_job.name */
    char config_sha256[65]; /* of the effective configuration */
    char world_sha256[65];  /* of all that devices read: tables_sha256 of results */
    uint64_t first, end;    /* the part of the run that was asked for: primaries [first, end) */
    uint64_t n_column;      /* values of an event's row */
    bool is_finished;       /* that part is done, samples apart are measured */
    double wall_s, kernel_s;
    uint64_t n_row, n_row_dropped; /* events on the disk, and those that were too many */
    char events_sha256[65];        /* of these */
    struct {
        uint64_t n, n_dropped;
        char sha256[65];
    } plane[EOT_N_PLANE_FILE];   /* rows of planes on the disk, and those that were too many */
    uint64_t n_followed;         /* events that were followed to their end */
    struct eot_lost_events lost; /* of these */
    uint64_t n_device;
    char device[EOT_CHECKPOINT_MAX_DEVICE][2][128]; /* name, driver */
};

/** How many rows of a file are on the disk already, and their hash. */
struct eot_checkpoint_rows {
    uint64_t n;
    bool has_begun; /* the hash is initialised */
    struct eot_sha256 hash;
};
/** The same of the events, and of the rows of planes. */
struct eot_checkpoint_events {
    uint64_t n_row;
    struct eot_sha256 hash;
    struct eot_checkpoint_rows plane[EOT_N_PLANE_FILE];
};

/** Save a run. Events are appended first, then the checkpoint is replaced.
 * @param events what was saved before; zeroed, with an initialised hash, before the first time.
 * @return EOT_E_IO, EOT_E_MEMORY; the checkpoint before is then untouched. */
enum eot_status eot_checkpoint_write(const char *folder, const struct eot_checkpoint_head *head,
                                     const struct eot_run *run, struct eot_checkpoint_events *events,
                                     struct eot_error *err);

/** Whether the folder holds a checkpoint, of either generation. */
bool eot_checkpoint_exists(const char *folder);

/** Remove the older generation of a run that is finished. */
void eot_checkpoint_forget_previous(const char *folder);

/** What a checkpoint says about its run, without its sums. @return as eot_checkpoint_read. */
enum eot_status eot_checkpoint_read_head(const char *folder, struct eot_checkpoint_head *head, struct eot_error *err);

/** Read the newest checkpoint that is whole, and its events. @param layout of the sums of this kind of run. @param run
 * zeroed; gets sums, first, end, rows. Release with eot_run_free, also after an error. @param events what is on the
 * disk; what stands behind it in the file was written later and is cut off by the next write.
 * @return EOT_E_IO for a file that is damaged (what is wrong with it is said), not there, of another version of the
 * format or another layout; EOT_E_MEMORY. */
enum eot_status eot_checkpoint_read(const char *folder, const struct eot_sums_layout *layout,
                                    struct eot_checkpoint_head *head, struct eot_run *run,
                                    struct eot_checkpoint_events *events, struct eot_error *err);

/** The same from bytes in memory, without events: what the file's validation consists of. */
enum eot_status eot_checkpoint_parse(const unsigned char *bytes, size_t n_bytes, const struct eot_sums_layout *layout,
                                     struct eot_checkpoint_head *head, struct eot_sums *sums, struct eot_error *err);

#endif
