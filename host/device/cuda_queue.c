#include "cuda_queue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"

enum { UP_BYTES = 1 << 20, DOWN_BYTES = 4 << 20 }; /* of the pinned memory; DOWN_BYTES of each half */

enum eot_status eot_cuda_queue_open(struct eot_cuda_queue *q, const struct eot_cuda_driver *driver,
                                    struct eot_cuda_account *account, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const char *blocking = getenv("CUDA_LAUNCH_BLOCKING");
    void *memory = NULL;
    memset(q, 0, sizeof *q);
    q->driver = driver;
    q->account = account;
    q->waits = blocking != NULL && blocking[0] != '\0' && strcmp(blocking, "0") != 0;
    EOT_CU(cuStreamCreate(&q->stream, EOT_CUDA_STREAM_NON_BLOCKING));
    EOT_CU(cuMemHostAlloc(&memory, UP_BYTES, 0));
    q->up = memory;
    EOT_CU(cuMemHostAlloc(&memory, 2 * (size_t)DOWN_BYTES, 0));
    q->down = memory;
    for (int i = 0; i < 2; i++) EOT_CU(cuEventCreate(&q->arrived[i], 0));
    for (int i = 0; i < EOT_CUDA_MOST_LAUNCHES; i++) {
        EOT_CU(cuEventCreate(&q->launch[i].from, 0));
        EOT_CU(cuEventCreate(&q->launch[i].to, 0));
    }
done:
    return status;
}

void eot_cuda_queue_close(struct eot_cuda_queue *q) {
    const struct eot_cuda_driver *d = q->driver;
    if (d == NULL) return;
    if (q->stream != NULL) (void)eot_cuda_queue_wait(q, NULL);
    for (int i = 0; i < 2; i++)
        if (q->arrived[i] != NULL) (void)d->cuEventDestroy_v2(q->arrived[i]);
    for (int i = 0; i < EOT_CUDA_MOST_LAUNCHES; i++) {
        if (q->launch[i].from != NULL) (void)d->cuEventDestroy_v2(q->launch[i].from);
        if (q->launch[i].to != NULL) (void)d->cuEventDestroy_v2(q->launch[i].to);
    }
    if (q->up != NULL) (void)d->cuMemFreeHost(q->up);
    if (q->down != NULL) (void)d->cuMemFreeHost(q->down);
    if (q->stream != NULL) (void)d->cuStreamDestroy_v2(q->stream);
    memset(q, 0, sizeof *q);
}

/* Names of the kernels under way, for a message. */
static void name_launches(const struct eot_cuda_queue *q, char *text, size_t n_text) {
    size_t n = 0;
    text[0] = '\0';
    for (int i = 0; i < q->n_launch && n < n_text; i++) {
        int same = 0;
        for (int k = 0; k < i; k++) same |= q->launch[k].kernel == q->launch[i].kernel;
        if (same) continue;
        n += (size_t)snprintf(text + n, n_text - n, "%s%s", n > 0 ? ", " : "", eot_kernel_name[q->launch[i].kernel]);
    }
}

/* The launches have ended, well or not. */
static void account_launches(struct eot_cuda_queue *q, bool is_good) {
    float milliseconds[EOT_CUDA_MOST_LAUNCHES] = {0.0f}, sum = 0.0f;
    double processor = eot_clock_processor_seconds() - q->processor_s;
    if (q->n_launch == 0) return;
    for (int i = 0; i < q->n_launch && is_good; i++)
        if (q->driver->cuEventElapsedTime(&milliseconds[i], q->launch[i].from, q->launch[i].to) == 0)
            sum += milliseconds[i];
    pthread_mutex_lock(&q->account->lock);
    for (int i = 0; i < q->n_launch; i++)
        eot_backend_account(q->account->backend, q->launch[i].kernel, 1e-3 * (double)milliseconds[i],
                            sum > 0.0f ? processor * (double)(milliseconds[i] / sum) : 0.0);
    if (--q->account->n_busy == 0) q->account->backend->kernel_s += eot_clock_seconds() - q->account->busy_since;
    pthread_mutex_unlock(&q->account->lock);
    q->n_launch = 0;
}

/* After a wait. @param call which was waited with. @param code what it gave. */
static enum eot_status waited(struct eot_cuda_queue *q, const char *call, int code, struct eot_error *err) {
    char names[512];
    name_launches(q, names, sizeof names);
    account_launches(q, code == 0);
    q->n_up = 0;
    if (code == 0) return EOT_OK;
    return eot_cuda_error(q->driver, err, __FILE__, __LINE__, __func__, names[0] != '\0' ? names : call, code);
}

enum eot_status eot_cuda_queue_wait(struct eot_cuda_queue *q, struct eot_error *err) {
    return waited(q, "cuStreamSynchronize(", q->driver->cuStreamSynchronize(q->stream), err);
}

enum eot_status eot_cuda_queue_write(struct eot_cuda_queue *q, uint64_t address, const void *source, size_t n_bytes,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = q->driver;
    const unsigned char *from = source;
    while (n_bytes > 0) {
        size_t n = n_bytes < UP_BYTES ? n_bytes : UP_BYTES;
        if (n > UP_BYTES - q->n_up) EOT_TRY(eot_cuda_queue_wait(q, err));
        memcpy(q->up + q->n_up, from, n);
        EOT_CU(cuMemcpyHtoDAsync_v2(address, q->up + q->n_up, n, q->stream));
        q->n_up += n;
        from += n;
        address += n;
        n_bytes -= n;
    }
done:
    return status;
}

enum eot_status eot_cuda_queue_zero(struct eot_cuda_queue *q, uint64_t address, size_t n_bytes, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = q->driver;
    EOT_CU(cuMemsetD8Async(address, 0, n_bytes, q->stream));
done:
    return status;
}

/* Ask for `n` bytes in one half of the pinned memory. */
static enum eot_status fetch(struct eot_cuda_queue *q, uint64_t address, size_t n, int half, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = q->driver;
    EOT_CU(cuMemcpyDtoHAsync_v2(q->down + (size_t)half * DOWN_BYTES, address, n, q->stream));
    EOT_CU(cuEventRecord(q->arrived[half], q->stream));
done:
    return status;
}

enum eot_status eot_cuda_queue_read(struct eot_cuda_queue *q, uint64_t address, void *target, size_t n_bytes,
                                    struct eot_error *err) {
    enum eot_status status = EOT_OK;
    unsigned char *to = target;
    if (n_bytes == 0) return EOT_OK;
    EOT_TRY(fetch(q, address, n_bytes < DOWN_BYTES ? n_bytes : DOWN_BYTES, 0, err));
    for (int half = 0; n_bytes > 0; half = 1 - half) { /* the next piece comes while this one is copied */
        size_t n = n_bytes < DOWN_BYTES ? n_bytes : DOWN_BYTES, rest = n_bytes - n;
        if (rest > 0) EOT_TRY(fetch(q, address + n, rest < DOWN_BYTES ? rest : DOWN_BYTES, 1 - half, err));
        int code = q->driver->cuEventSynchronize(q->arrived[half]);
        EOT_TRY(waited(q, "cuMemcpyDtoHAsync(", code, err)); /* and so everything before it */
        memcpy(to, q->down + (size_t)half * DOWN_BYTES, n);
        to += n;
        address += n;
        n_bytes = rest;
    }
done:
    return status;
}

enum eot_status eot_cuda_queue_launch(struct eot_cuda_queue *q, const struct eot_cuda_launch *launch,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_cuda_driver *driver = q->driver;
    if (q->n_launch == EOT_CUDA_MOST_LAUNCHES) EOT_TRY(eot_cuda_queue_wait(q, err));
    int i = q->n_launch;
    double processor = eot_clock_processor_seconds();
    EOT_CU(cuEventRecord(q->launch[i].from, q->stream));
    int code = driver->cuLaunchKernel(launch->function, (unsigned)launch->n_group, 1, 1, (unsigned)launch->group, 1, 1,
                                      0, q->stream, launch->pointer, NULL);
    if (code != 0) {
        status = eot_cuda_error(driver, err, __FILE__, __LINE__, __func__, eot_kernel_name[launch->kernel], code);
        goto done;
    }
    EOT_CU(cuEventRecord(q->launch[i].to, q->stream));
    q->launch[i].kernel = launch->kernel;
    q->n_launch++;
    if (i == 0) {
        q->processor_s = processor;
        pthread_mutex_lock(&q->account->lock);
        if (q->account->n_busy++ == 0) q->account->busy_since = eot_clock_seconds();
        pthread_mutex_unlock(&q->account->lock);
    }
    if (q->waits) EOT_TRY(eot_cuda_queue_wait(q, err));
done:
    return status;
}
