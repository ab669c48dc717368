#undef EOT_REAL_DOUBLE /* follows primaries as the device does, in single precision */
#include "eotmc/transport/beam_line.h"
#include "world/beam_line.h"

#include <stdlib.h>

#include "world/matter.h"

static const u32 SEED = 20261126u;

static eot_line_view view_of(const struct eot_world *w, const eot_event_world *e, f32 *stack) {
    return eot_line_view_of(eot_world_matter(w), e, stack, SEED, 0u);
}

double eot_line_depth(const struct eot_world *w, int64_t primary) {
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
    eot_line_view view = view_of(w, &w->event, stack);
    eot_beam beam = w->event.beam;
    double sum = 0.0;
    if (primary < 0) beam.spread = beam.spot_x = beam.spot_y = beam.divergence_x = beam.divergence_y = 0.0f;
    eot_primary source = eot_source_sample(beam, (u64)(primary < 0 ? 0 : primary), SEED, 0u, beam.position_z);
    eot_line_state s = eot_line_start(view, source, beam.particle, 0);
    while (s.is_alive && s.m.position.z < (f64)w->event.calorimeter_z) {
        eot_line_step step = eot_line_advance(view, s);
        sum += (double)(step.v.path * w->table.value[w->event.line.region + 2u * (u32)step.region + 1u]);
        s = step.after;
    }
    return sum;
}

int eot_line_hits(const struct eot_world *w, int n, double widths) {
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH], width = (f32)widths;
    eot_line_view view = view_of(w, &w->event, stack);
    eot_beam beam = w->event.beam;
    int n_hit = 0;
    beam.spread *= width;
    beam.spot_x *= width;
    beam.spot_y *= width;
    beam.divergence_x *= width;
    beam.divergence_y *= width;
    for (int i = 0; i < n; i++) {
        eot_primary source = eot_source_sample(beam, (u64)i, SEED, 0u, beam.position_z);
        eot_line_state s = eot_line_start(view, source, beam.particle, (u64)i);
        bool is_hit = false;
        while (s.is_alive && !is_hit) {
            eot_line_step step = eot_line_advance(view, s);
            is_hit = step.outcome == EOT_LINE_ARRIVES;
            s = step.after;
        }
        n_hit += is_hit;
    }
    return n_hit;
}
