#include "cli/shard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/devices.h"

static const uint64_t MAX_SHARD = 1000000;

/* Digits up to `end`, which is then behind them. */
static bool read_number(const char *text, uint64_t *value, const char **end) {
    char *stop;
    if (text[0] < '0' || text[0] > '9') return false;
    errno = 0;
    *value = strtoull(text, &stop, 10);
    *end = stop;
    return errno == 0;
}

/* A variable that is a number and nothing else. */
static bool variable(const char *name, uint64_t *value) {
    const char *text = getenv(name), *end;
    return text != NULL && read_number(text, value, &end) && *end == '\0';
}

/* Position in a Slurm array, 0 of 1 outside of one. */
static bool slurm_array(uint64_t *i, uint64_t *n) {
    uint64_t id, low = 0, count, step = 1;
    *i = 0;
    *n = 1;
    if (!variable("SLURM_ARRAY_TASK_ID", &id) || !variable("SLURM_ARRAY_TASK_COUNT", &count)) return false;
    variable("SLURM_ARRAY_TASK_MIN", &low);
    variable("SLURM_ARRAY_TASK_STEP", &step);
    if (id < low || step == 0) return false;
    *i = (id - low) / step;
    *n = count;
    return true;
}

static enum eot_status from_environment(struct eot_shard *shard, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const struct {
        const char *rank, *size;
    } LAUNCHER[] = {{"OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"}, {"PMI_RANK", "PMI_SIZE"}};
    static const char *const LOCAL[] = {"OMPI_COMM_WORLD_LOCAL_RANK", "MPI_LOCALRANKID", "SLURM_LOCALID"};
    uint64_t i_array, n_array, rank = 0, size = 1, local;
    bool has_array = slurm_array(&i_array, &n_array), has_rank = false;
    for (size_t k = 0; !has_rank && k < sizeof LAUNCHER / sizeof LAUNCHER[0]; k++)
        has_rank = variable(LAUNCHER[k].rank, &rank) && variable(LAUNCHER[k].size, &size);
    if (!has_rank) has_rank = variable("SLURM_PROCID", &rank) && variable("SLURM_NTASKS", &size);
    EOT_CHECK(has_array || has_rank, EOT_E_USAGE,
              "option '--shard' = 'auto' (no variable of a Slurm array or task, of Open MPI or of PMI says which shard "
              "this is); start it by sbatch, srun or mpirun, or give --shard I/N");
    if (!has_rank) rank = 0, size = 1;
    EOT_CHECK(size > 0 && rank < size && n_array > 0 && i_array < n_array && size <= MAX_SHARD && n_array <= MAX_SHARD,
              EOT_E_USAGE,
              "option '--shard' = 'auto' (the environment says process %llu of %llu, array task %llu of %llu); give "
              "--shard I/N",
              (unsigned long long)rank, (unsigned long long)size, (unsigned long long)i_array,
              (unsigned long long)n_array);
    shard->part = (struct eot_run_part){.i = i_array * size + rank, .n = n_array * size};
    shard->is_auto = true;
    for (size_t k = 0; shard->local_rank < 0 && k < sizeof LOCAL / sizeof LOCAL[0]; k++)
        if (variable(LOCAL[k], &local) && local < MAX_SHARD) shard->local_rank = (int)local;
done:
    return status;
}

enum eot_status eot_shard_parse(const char *text, struct eot_shard *shard, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t i = 0, n = 0;
    const char *end;
    *shard = (struct eot_shard){.local_rank = -1};
    if (strcmp(text, "auto") == 0) return from_environment(shard, err);
    bool is_good = read_number(text, &i, &end) && *end == '/' && read_number(end + 1, &n, &end) && *end == '\0';
    EOT_CHECK(is_good && n > 0 && i < n && n <= MAX_SHARD, EOT_E_USAGE,
              "option '--shard' = '%s' (not I/N with I from 0 to N - 1, nor auto); give e.g. --shard 0/8", text);
    shard->part = (struct eot_run_part){.i = i, .n = n};
done:
    return status;
}

enum eot_status eot_range_parse(const char *text, struct eot_run_part *part, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    uint64_t first = 0, stop = 0;
    const char *end;
    bool is_good = read_number(text, &first, &end) && *end == ':' && read_number(end + 1, &stop, &end) && *end == '\0';
    EOT_CHECK(is_good && first < stop, EOT_E_USAGE,
              "option '--range' = '%s' (not FIRST:END, numbers of primaries); give e.g. --range 0:100000", text);
    *part = (struct eot_run_part){.first = first, .end = stop};
done:
    return status;
}

/* The GPU that this process of a machine takes, so that processes share them evenly; none where there are no two GPUs,
 * or the rank on the machine is not known. */
static enum eot_status choose_device(struct eot_shard *shard, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_device *device = NULL;
    size_t n_device = 0, n_gpu = 0, best = 0;
    shard->selector[0] = '\0';
    if (shard->local_rank < 0) return EOT_OK;
    EOT_TRY(eot_devices_list(&device, &n_device, err));
    if (n_device == 0 || eot_device_choose(device, n_device, NULL, &best, NULL) != EOT_OK) goto done;
    if (device[best].type != EOT_DEVICE_GPU) goto done;
    for (size_t i = 0; i < n_device; i++) /* of one interface: a card that two know is one card */
        n_gpu += device[i].type == EOT_DEVICE_GPU && device[i].interface == device[best].interface &&
                 device[i].missing[0] == '\0';
    size_t wanted = n_gpu > 0 ? (size_t)shard->local_rank % n_gpu : 0;
    for (size_t i = 0; i < n_device && n_gpu > 1; i++) {
        if (device[i].type != EOT_DEVICE_GPU || device[i].interface != device[best].interface ||
            device[i].missing[0] != '\0')
            continue;
        if (wanted-- > 0) continue;
        snprintf(shard->selector, sizeof shard->selector, "%zu", i);
        break;
    }
done:
    free(device);
    return status;
}

enum eot_status eot_shard_apply(struct eot_shard *shard, const char **device, char folder[PATH_MAX],
                                struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (!shard->is_auto) return EOT_OK;
    if (*device == NULL) {
        EOT_TRY(choose_device(shard, err));
        if (shard->selector[0] != '\0') *device = shard->selector;
    }
    size_t n = strlen(folder);
    int added = snprintf(folder + n, PATH_MAX - n, "/shard-%llu-of-%llu", (unsigned long long)shard->part.i,
                         (unsigned long long)shard->part.n);
    EOT_CHECK(added > 0 && (size_t)added < PATH_MAX - n, EOT_E_USAGE,
              "the name of the output folder is too long; choose another with -o");
done:
    return status;
}
