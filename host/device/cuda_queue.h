/** @file cuda_queue.h
 * A queue of work on a CUDA device (a stream): copies, fills and launches are handed over and not waited for; only a
 * read waits, for itself and all before it. Copies go through memory that the driver has pinned, where the device
 * fetches and leaves bytes by itself, in both directions. One thread uses a queue. */
#ifndef EOT_HOST_DEVICE_CUDA_QUEUE_H
#define EOT_HOST_DEVICE_CUDA_QUEUE_H

#include <pthread.h>

#include "backend_private.h"
#include "cuda_driver.h"

/** Times of the launches of all queues of a device. */
struct eot_cuda_account {
    struct eot_backend *backend; /* whose account it is */
    pthread_mutex_t lock;
    int n_busy; /* queues with launches that are not known to have ended */
    double busy_since;
};

/** A launch. @param pointer of the arguments, as cuLaunchKernel takes them. */
struct eot_cuda_launch {
    enum eot_kernel kernel;
    void *function, **pointer;
    size_t n_group, group;
};

/** Launches that a queue may have under way. */
enum { EOT_CUDA_MOST_LAUNCHES = 32 };

struct eot_cuda_queue {
    const struct eot_cuda_driver *driver;
    struct eot_cuda_account *account;
    void *stream;
    unsigned char *up, *down; /* pinned: what is on its way to the device; two halves of what comes from it */
    size_t n_up;              /* bytes of `up` that the device may not have fetched yet */
    void *arrived[2];         /* events: a half of `down` is filled */
    struct {
        enum eot_kernel kernel;
        void *from, *to; /* events around it */
    } launch[EOT_CUDA_MOST_LAUNCHES];
    int n_launch;
    double processor_s; /* of this process when the first of them was handed over */
    bool waits;         /* after each launch: CUDA_LAUNCH_BLOCKING, as the driver has it */
};

/** Make a queue on the current context; close it also after an error. @return EOT_E_DEVICE. */
enum eot_status eot_cuda_queue_open(struct eot_cuda_queue *q, const struct eot_cuda_driver *driver,
                                    struct eot_cuda_account *account, struct eot_error *err);
/** Wait for all that was handed over, and release the queue; one that is all 0 is accepted. */
void eot_cuda_queue_close(struct eot_cuda_queue *q);

/** Copy to the device. `source` may be changed as soon as this returns. @param address on the device. */
enum eot_status eot_cuda_queue_write(struct eot_cuda_queue *q, uint64_t address, const void *source, size_t n_bytes,
                                     struct eot_error *err);
/** Set bytes on the device to 0. */
enum eot_status eot_cuda_queue_zero(struct eot_cuda_queue *q, uint64_t address, size_t n_bytes, struct eot_error *err);
/** Copy from the device, and wait for it. What a launch before it has failed in is told here. */
enum eot_status eot_cuda_queue_read(struct eot_cuda_queue *q, uint64_t address, void *target, size_t n_bytes,
                                    struct eot_error *err);
enum eot_status eot_cuda_queue_launch(struct eot_cuda_queue *q, const struct eot_cuda_launch *launch,
                                      struct eot_error *err);
/** Wait for all that was handed over, and account the launches. @return EOT_E_DEVICE with the names of the kernels one
 * of which has failed. */
enum eot_status eot_cuda_queue_wait(struct eot_cuda_queue *q, struct eot_error *err);

#endif
