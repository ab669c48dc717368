/** @file option_rows.h
 * Options that several commands have: rows of their tables (base/options.h), so that a word of help stands once. */
#ifndef EOT_HOST_CLI_OPTION_ROWS_H
#define EOT_HOST_CLI_OPTION_ROWS_H

#include <stdbool.h>
#include <string.h>

#include "base/options.h"

/** --format. @param target const char *, set to the default before. */
#define EOT_ROW_FORMAT_TEXT(target) \
    { "format", 0, EOT_OPTION_CHOICE, (target), "text|json", "form of the output (default: text)" }
#define EOT_ROW_FORMAT_TABLE(target) \
    { "format", 0, EOT_OPTION_CHOICE, (target), "table|csv|json", "form of the output (default: table)" }
/** --set. @param target struct eot_text_list. */
#define EOT_ROW_SET(target) \
    { "set", 0, EOT_OPTION_LIST, (target), "KEY=VALUE", "override a configuration key; may be repeated" }
/** --progress. @param target const char *, "auto" before; eot_progress_mode_from_text reads it. */
#define EOT_ROW_PROGRESS(target) \
    { "progress", 0, EOT_OPTION_CHOICE, (target), "auto|plain|none", "progress on standard error (default: auto)" }
/** --device of commands that use one device, and of those that can use several. @param target const char *. */
#define EOT_ROW_DEVICE(target) \
    { \
        "device", 0, EOT_OPTION_TEXT, (target), "SEL", \
            "number of `eotmc devices`, part of a name, or host (default: automatic)" \
    }
#define EOT_ROW_DEVICES(target) \
    { \
        "device", 0, EOT_OPTION_TEXT, (target), "SEL", \
            "number or part of the name as `eotmc devices` lists them, or host; several with commas; SEL/n: n parts " \
            "of it" \
    }
/** Checkpoints of commands that simulate. @param target double, minutes and exit code. */
#define EOT_ROW_CHECKPOINT(target) \
    { \
        "checkpoint", 0, EOT_OPTION_REAL, (target), "MINUTES", \
            "between two checkpoints (default: 5); one is also written whenever a signal ends the run" \
    }
#define EOT_ROW_CHECKPOINT_EXIT_CODE(target) \
    { \
        "checkpoint-exit-code", 0, EOT_OPTION_REAL, (target), "N", \
            "exit code of a run that a signal has ended (default: 130; HTCondor: 85)" \
    }
/** --shard: see cli/shard.h. @param target const char *. */
#define EOT_ROW_SHARD(target) \
    { \
        "shard", 0, EOT_OPTION_TEXT, (target), "I/N", \
            "make only part I (from 0) of N of the run; auto: as Slurm, Open MPI or PMI number this process, in a " \
            "folder shard-I-of-N of its own. `eotmc merge` puts parts together" \
    }
/** --verbose of commands that simulate. @param target bool. */
#define EOT_ROW_VERBOSE(target) \
    { "verbose", 'v', EOT_OPTION_FLAG, (target), NULL, "say more on standard error" }
/** --quiet of commands that simulate. @param target bool. */
#define EOT_ROW_QUIET(target) \
    { \
        "quiet", 'q', EOT_OPTION_FLAG, (target), NULL, \
            "no tables, messages or progress: warnings and errors only (and --format json)" \
    }

static inline bool eot_format_is_json(const char *format) { return strcmp(format, "json") == 0; }

#endif
