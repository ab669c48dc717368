/** @file hadron_score.h
 * What is seen of a decay of a beam's hadron, by the same code as of electrons on target, and what is summed of it on
 * the device: the energy balance of the events whose deposits are scored. */
#ifndef EOT_SELECT_HADRON_SCORE_H
#define EOT_SELECT_HADRON_SCORE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/select/hadron_event.h"

/** Columns of a decay: eotmc/tally/hadron_columns.def. */
enum eot_hadron_column {
#define EOT_HADRON_COLUMN(id, name, unit, kind, value, meaning) EOT_HADRON_C_##id,
#include "eotmc/tally/hadron_columns.def"
#undef EOT_HADRON_COLUMN
    EOT_N_HADRON_COLUMN
};

/** Terms of the energy balance: those of the ledger without what interactions left, hadrons that leave, interactions.
 */
enum { EOT_HADRON_BALANCE_ESCAPED = EOT_N_LEDGER, EOT_HADRON_BALANCE_INTERACTION, EOT_N_HADRON_BALANCE };

/** Sums over decays, of which the squares have two places each (eot_sum_add), in EOT_TALLY_ENERGY. */
enum eot_hadron_counter {
    EOT_HADRON_N_STEPS = 0,
    EOT_HADRON_N_SAMPLED, /* decays whose deposits are scored */
    EOT_HADRON_N_IN,      /* their energy [counts], = sum of the balance */
    EOT_HADRON_N_BALANCE, /* [EOT_N_HADRON_BALANCE] counts */
    EOT_HADRON_N_SQUARE = EOT_HADRON_N_BALANCE + EOT_N_HADRON_BALANCE,
    EOT_HADRON_N_CROSS = EOT_HADRON_N_SQUARE + 2 * EOT_N_HADRON_BALANCE,
    EOT_HADRON_N_IN_SQUARE = EOT_HADRON_N_CROSS + 2 * EOT_N_HADRON_BALANCE,
    EOT_HADRON_N_FAULT = EOT_HADRON_N_IN_SQUARE + 2, /* the rows of faults.def */
    EOT_N_HADRON_COUNTER = EOT_HADRON_N_FAULT + EOT_N_FAULT
};

/** Slope of a straight line through equally good points. */
typedef struct {
    f32 n, z, x, y, zz, zx, zy;
} eot_arm_sums;

EOT_FN eot_arm_sums eot_arm_sums_add(eot_arm_sums a, f32 z, f32 x, f32 y) {
    a.n += 1.0f;
    a.z += z;
    a.x += x;
    a.y += y;
    a.zz += z * z;
    a.zx += z * x;
    a.zy += z * y;
    return a;
}

/** The kink [rad] between the directions in the trackers in front of and behind the SRD, with their resolution; -1
 * unless two trackers of each have seen the particle. Coordinates are relative to a particle of the beam, so that a
 * field in between turns nothing. */
EOT_FN f32 eot_hadron_kink(EOT_GLOBAL const eot_hadron_world *w, eot_station_hits hits, eot_random random) {
    eot_arm_sums arm[2];
    for (i32 k = 0; k < 2; k++) arm[k].n = arm[k].z = arm[k].x = arm[k].y = arm[k].zz = arm[k].zx = arm[k].zy = 0.0f;
    for (i32 i = 0; i < w->n_station; i++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        eot_normal_pair n = eot_normal(b.x, b.y);
        i32 k = i < w->n_before ? 0 : 1;
        if ((hits.seen >> i & 1u) != 0u)
            arm[k] = eot_arm_sums_add(arm[k], w->station_z[i] - w->station_z[k == 0 ? 0 : w->n_before],
                                      fma(w->station_resolution[i], n.a, hits.x[i]),
                                      fma(w->station_resolution[i], n.b, hits.y[i]));
    }
    if (arm[0].n < 2.0f || arm[1].n < 2.0f) return -1.0f;
    f32 sx[2], sy[2];
    for (i32 k = 0; k < 2; k++) {
        f32 d = arm[k].n * arm[k].zz - arm[k].z * arm[k].z;
        sx[k] = (arm[k].n * arm[k].zx - arm[k].z * arm[k].x) / d;
        sy[k] = (arm[k].n * arm[k].zy - arm[k].z * arm[k].y) / d;
    }
    return sqrt((sx[1] - sx[0]) * (sx[1] - sx[0]) + (sy[1] - sy[0]) * (sy[1] - sy[0]));
}

/** The energy balance of a decay into the sums. */
EOT_FN void eot_hadron_balance_add(eot_hadron_run run, f32 E_beam, EOT_GLOBAL i64 *counter) {
    f64 beam = (f64)E_beam / EOT_TALLY_ENERGY;
    i64 interaction = 0;
    eot_atomic_add_i64(counter + EOT_HADRON_N_SAMPLED, 1);
    eot_atomic_add_i64(counter + EOT_HADRON_N_IN, eot_energy_counts(E_beam));
    eot_sum_add(counter + EOT_HADRON_N_IN_SQUARE, beam * beam);
    for (i32 k = 0; k < EOT_N_LEDGER; k++) interaction += run.of_hadrons[k];
    for (i32 k = 0; k < EOT_N_HADRON_BALANCE; k++) {
        i64 counts = k < EOT_N_LEDGER                  ? run.acc[k] - run.of_hadrons[k]
                     : k == EOT_HADRON_BALANCE_ESCAPED ? run.of_hadrons[EOT_N_LEDGER + EOT_HADRON_TERM_ESCAPED]
                                                       : interaction;
        f64 term = (f64)counts / (EOT_ENERGY_QUANTUM * EOT_TALLY_ENERGY);
        if (counts == 0) continue;
        eot_atomic_add_i64(counter + EOT_HADRON_N_BALANCE + k, counts);
        eot_sum_add(counter + EOT_HADRON_N_SQUARE + 2 * k, term * term);
        eot_sum_add(counter + EOT_HADRON_N_CROSS + 2 * k, fmax(term, D(0.0)) * beam);
    }
}

/** Give up a primary that is lost: no sum but those of faults and the balance's term of lost events sees it. */
EOT_FN void eot_hadron_reject(f32 E_beam, u32 faults, i32 is_sampled, EOT_GLOBAL i64 *counter, EOT_GLOBAL f32 *row) {
    row[EOT_HADRON_C_WEIGHT] = -(f32)faults;
    if (is_sampled) {
        eot_atomic_add_i64(counter + EOT_HADRON_N_SAMPLED, 1);
        eot_atomic_add_i64(counter + EOT_HADRON_N_IN, eot_energy_counts(E_beam));
        eot_atomic_add_i64(counter + EOT_HADRON_N_BALANCE + EOT_ACC_LEDGER_LOST, eot_energy_counts(E_beam));
    }
#define EOT_FAULT_COUNTER(id, name, bits) \
    if (faults & (u32)(bits)) eot_atomic_add_i64(counter + EOT_HADRON_N_FAULT + EOT_FAULT_INDEX_##id, 1);
#include "eotmc/tally/faults.def"
#undef EOT_FAULT_COUNTER
}

/** Number of tracks of an event. */
EOT_FN i32 eot_hadron_tracks(eot_hadron_run run, const eot_hadron_event *ev) {
    i32 n_plane = run.e->spectrometer.n_plane;
    return eot_muon_has_crossed(ev->track[0], n_plane) + eot_muon_has_crossed(ev->track[1], n_plane);
}

/** What is reconstructed of a decay that is not followed to its end: nothing. */
EOT_FN eot_event eot_hadron_unseen(void) {
    eot_event ev;
    ev.E_beam = ev.ecal = ev.veto = ev.hcal_sum = ev.momentum = ev.momentum_error = ev.track_chi2 = ev.true_momentum =
        ev.missing = ev.missing_sigma = ev.missing_sampled = 0.0f;
    for (i32 i = 0; i < EOT_N_HCAL; i++) ev.hcal[i] = 0.0f;
    ev.kink = -1.0f;
    ev.n_hcal = ev.n_track = ev.charge = ev.category = ev.n_through = ev.is_sampled = 0;
    ev.faults = 0u;
    return ev;
}

/** What a selection makes of it. */
EOT_FN eot_selected eot_hadron_unselected(void) {
    eot_selected sel;
    sel.n_cut_passed = sel.is_main = 0;
    for (i32 i = 0; i < EOT_N_TAIL; i++) sel.pass[i] = 0.0f;
    return sel;
}

/** The track of a muon of an event. @param out its hits. */
EOT_SHARED_FN void eot_hadron_track(eot_track *track, const eot_hadron_run *run, const eot_muon_outcome *out,
                                    i32 charge) {
    *track = eot_event_track(run->view.matter.table, eot_event_view_of(run->e, run->launch, 0, 0), run->primary, *out,
                             charge);
}

/** What the detector says of an event. */
EOT_SHARED_FN void eot_hadron_reconstruct(eot_event *ev, const eot_hadron_run *run, const eot_hadron_event *h) {
    eot_track track[2];
    eot_hadron_track(&track[0], run, &h->track[0], 1);
    eot_hadron_track(&track[1], run, &h->track[1], -1);
    *ev = eot_event_with_tracks(run->view.matter.table, eot_event_view_of(run->e, run->launch, run->acc, 0),
                                run->primary, h->v, h->track[0], h->track[1], track[0], track[1]);
}

/** One hadron of the beam, from its start to what the experiment sees of its decay. @param row EOT_N_HADRON_COLUMN
 * values out. @param selected [n_selection] out. */
EOT_FN void eot_hadron_follow(eot_hadron_run run, EOT_GLOBAL const eot_hadron_launch *launch, EOT_GLOBAL f32 *row,
                              EOT_GLOBAL eot_selected *selected, EOT_GLOBAL i64 *counter) {
    i32 is_sampled = eot_is_kept(run.primary, run.launch->sample_threshold);
    for (i32 k = 0; k < EOT_N_HADRON_COLUMN; k++) row[k] = 0.0f;
    run.is_full = eot_is_kept(run.primary, run.launch->follow_threshold);
    eot_hadron_event h;
    i32 n_step = 0, is_seen = 0, is_made = 0;
    while (!is_made) { /* again, where another particle than that given up makes a track: all deposits are wanted */
        eot_hadron_event_make(&run, launch, &h);
        n_step += h.n_step;
        is_seen = run.e->spectrometer.n_plane == 0 || eot_hadron_tracks(run, &h) > 0;
        is_made = run.is_full || !(h.gave_up && is_seen);
        run.is_full = run.is_full || !is_made;
    }
    eot_atomic_add_i64(counter + EOT_HADRON_N_STEPS, n_step);
    if (h.v.fault != 0u) {
        eot_hadron_reject(h.v.E_beam, h.v.fault, is_sampled, counter, row);
        return;
    }
    row[EOT_HADRON_C_BEAM] = h.v.E_beam;
    if (!(h.v.weight > 0.0f)) return;
    eot_event ev = eot_hadron_unseen();
    for (i32 i = 0; i < run.e->n_selection; i++) selected[i] = eot_hadron_unselected();
    if (is_seen || run.is_full) {
        eot_hadron_deposits(&run, &h);
        eot_hadron_reconstruct(&ev, &run, &h);
        ev.kink = eot_hadron_kink(run.view.hadron, h.stations,
                                  eot_random_init(run.primary, EOT_STAGE_HADRON, EOT_HADRON_STREAM_STATION,
                                                  run.launch->seed, run.launch->run));
        for (i32 i = 0; i < run.e->n_selection; i++)
            selected[i] = eot_event_apply(run.e->selection[i], h.v, ev, run.e->response.tail_start);
        if (is_sampled) eot_hadron_balance_add(run, h.v.E_beam, counter);
    }
    const eot_event_vertex v = h.v;
    const eot_selected sel = selected[0];
#define EOT_HADRON_COLUMN(id, name, unit, kind, value, meaning) row[EOT_HADRON_C_##id] = value;
#include "eotmc/tally/hadron_columns.def"
#undef EOT_HADRON_COLUMN
}

#endif
