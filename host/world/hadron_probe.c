#undef EOT_REAL_DOUBLE /* follows a hadron as the device does, in single precision */
#include "eotmc/transport/hadron.h"
#include "eotmc/transport/event_vertex.h"
#include "world/hadron_probe.h"

#include "world/matter.h"

void eot_hadron_probe(const struct eot_world *w, struct eot_hadron_mark *mark, size_t n) {
    const eot_beam *b = &w->event.beam;
    const eot_hadron_world *hadron = &w->hadron;
    const eot_hadron_view view = {.matter = eot_world_matter(w), .hadron = hadron, .enhancement = 1.0f};
    const eot_u32x4 nothing = {0};
    const eot_point start = {(f64)b->position_x, (f64)b->position_y, (f64)b->position_z};
    eot_hadron h = eot_hadron_born(view, hadron->kind, hadron->charge, b->energy, start,
                                   eot_slope_direction(b->angle_x, b->angle_y), 0.0f);
    double X0 = 0.0;
    for (size_t i = 0; i < n; i++) {
        if (h.end == EOT_HADRON_ARRIVES) h.end = EOT_HADRON_GOES_ON;
        while (h.end == EOT_HADRON_GOES_ON) {
            u32 row = hadron->region + (u32)h.m.region * (u32)EOT_N_HADRON_REGION_COLUMN;
            eot_hadron_step s = eot_hadron_advance(view, h, (f32)mark[i].z, nothing);
            X0 += (double)(s.path * w->table.value[row + EOT_HADRON_REGION_X0]);
            h = s.h;
        }
        mark[i].is_reached = h.end == EOT_HADRON_ARRIVES;
        mark[i].x = h.m.position.x;
        mark[i].y = h.m.position.y;
        mark[i].decay = (double)h.decay_depth;
        mark[i].interaction = (double)h.interaction_depth;
        mark[i].X0 = X0;
    }
}
