/* Which backend a selector means. */
#include "backend_private.h"

enum eot_status eot_backend_open(const struct eot_backend_options *options, struct eot_backend **backend, struct eot_error *err) {
    return eot_host_backend_open(options, backend, err);
}

void eot_backend_close(struct eot_backend *backend) {
    if (backend != NULL) backend->op->close(backend);
}
