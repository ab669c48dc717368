/** @file beam.c
 * Whether the beam reaches the ECAL, and through how much matter. */
#include "check/check.h"
#include "world/beam_line.h"

enum eot_status eot_check_beam(const struct eot_check *c, struct eot_findings *f, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_world world = {0};
    if (!eot_world_has_arrivals(c->config)) return EOT_OK;
    status = eot_world_create_line(c->config, c->setup, &world, err);
    if (status == EOT_OK) status = eot_world_check_beam(c->config, &world, err);
    status = eot_check_adopt(f, status, "beam.position_x", err);
    eot_world_free(&world);
    return status;
}
