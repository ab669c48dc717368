/** @file track.h
 * From the hits of a muon to a track: smeared by the chambers' resolution, fitted (track_fit.h). */
#ifndef EOT_SELECT_TRACK_H
#define EOT_SELECT_TRACK_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/track_fit.h"
#include "eotmc/transport/event.h"

/** Whether a muon has crossed all chambers of the spectrometer. */
EOT_FN i32 eot_muon_has_crossed(eot_muon_outcome m, i32 n_plane) {
    i32 all = n_plane > 0;
    for (i32 i = 0; i < n_plane; i++) all = all && m.hit[i].momentum > 0.0f;
    return all;
}

/** No track of a muon. @param charge of the muon, +1 or -1. */
EOT_FN eot_track eot_track_none(i32 charge) {
    eot_track track;
    track.momentum = track.error = track.chi2 = track.true_momentum = 0.0f;
    track.charge = charge;
    track.is_there = 0;
    return track;
}

/** Degrees of freedom of a track. */
EOT_FN i32 eot_track_freedom(i32 n_plane) { return 2 * n_plane - EOT_N_TRACK_PARAMETER; }

/** The hits of a muon as they are measured. One block a chamber is drawn. */
EOT_FN eot_track_hits eot_track_hits_of(eot_muon_outcome m, EOT_GLOBAL const eot_spectrometer *s, eot_random random) {
    eot_track_hits hits;
    for (i32 i = 0; i < EOT_N_PLANE; i++) hits.x[i] = hits.y[i] = D(0.0);
    for (i32 i = 0; i < s->n_plane; i++) {
        eot_normal_pair n;
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        n = eot_normal(b.x, b.y);
        hits.x[i] = (f64)m.hit[i].x - (f64)s->origin_x + (f64)(s->plane_resolution[i] * n.a);
        hits.y[i] = (f64)m.hit[i].y - (f64)s->origin_y + (f64)(s->plane_resolution[i] * n.b);
    }
    return hits;
}

/** The track of a muon: all chambers must be hit. @param charge of the muon, +1 or -1. @param random of the hits. */
EOT_FN eot_track eot_track_of(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_spectrometer *s, eot_muon_outcome m,
                              i32 charge, eot_random random) {
    eot_track track = eot_track_none(charge);
    track.true_momentum = m.first_momentum;
    track.is_there = eot_muon_has_crossed(m, s->n_plane);
    if (!track.is_there || !s->has_track) return track;
    eot_track_result r = eot_track_fitted(table, s, eot_track_hits_of(m, s, random));
    f64 size = fabs(r.start.charge_p);
    if (!r.is_fitted) return track;
    size = size > D(1.0) / EOT_TRACK_LARGEST_P ? size : D(1.0) / EOT_TRACK_LARGEST_P;
    track.momentum = (f32)(r.start.charge_p < D(0.0) ? D(-1.0) / size : D(1.0) / size);
    track.error = (f32)(r.error / size);
    track.chi2 = (f32)(r.chi2 / (f64)eot_track_freedom(s->n_plane));
    return track;
}

#endif
