/** @file select.h
 * From an event's deposits and hits to what the experiment would see, and the selection of e N -> mu N phi: exactly one
 * mu- track, one minimum-ionising particle in VETO and every HCAL module, missing energy. The last Gaussian smear of
 * the missing energy is integrated (a pass probability), not sampled. */
#ifndef EOT_TRANSPORT_SELECT_H
#define EOT_TRANSPORT_SELECT_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event.h"

/* The tally, which knows nothing of the detector, has a place for all that an event accumulates. */
typedef char eot_tally_has_the_ledger[EOT_C_ENERGY_IN - EOT_C_LEDGER == EOT_N_LEDGER ? 1 : -1];
typedef char eot_tally_has_the_cells[EOT_C_SAMPLED - EOT_C_ECAL_CELL == EOT_N_ECAL_CELL ? 1 : -1];

/** Probability that a quantity with mean 0 and the GaussExp density (S. Das, arXiv:1603.08591, on both sides) exceeds a
 * sigmas: Gaussian within +-start, exponential beyond, continuous with its derivative. */
EOT_FN f32 eot_tail_exponential(f32 a, f32 start) {
    f32 density = 0.39894228f * eot_exp(-0.5f * start * start),
        tail = density / start; /* integral of one exponential tail */
    f32 core_half = 0.5f - 0.5f * eot_erfc(start * 0.70710678f);
    f32 norm = 1.0f / (2.0f * (core_half + tail)), b = fabs(a), p;
    if (b >= start)
        p = tail * eot_exp(-start * (b - start));
    else
        p = tail + core_half - (0.5f - 0.5f * eot_erfc(b * 0.70710678f));
    p = p * norm;
    return a >= 0.0f ? p : 1.0f - p;
}
/** The same for a Gaussian. Relative error below 1e-5 for a < 12. */
EOT_FN f32 eot_tail_gaussian(f32 a) { return 0.5f * eot_erfc(a * 0.70710678f); }

/** A spectrometer track: straight lines before and after the magnet, momentum from the bend in the horizontal plane. */
typedef struct {
    f32 momentum; /* GeV/c, signed by the charge; 0: no track */
} eot_track;

/** Fit hits smeared by the planes' resolution. One block per plane is drawn. */
EOT_FN eot_track eot_track_fit(eot_muon_outcome m, EOT_GLOBAL const eot_response *r, eot_random random) {
    eot_track track;
    track.momentum = 0.0f;
    f32 sz[2], szz[2], sx[2], sxz[2], n[2];
    i32 all = r->n_plane > 0;
    for (i32 s = 0; s < 2; s++) sz[s] = szz[s] = sx[s] = sxz[s] = n[s] = 0.0f;
    for (i32 i = 0; i < r->n_plane; i++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        all = all && m.hit[i].is_hit > 0.0f;
        i32 s = i < r->n_before ? 0 : 1;
        f32 z = r->plane_z[i] - r->plane_z[s == 0 ? 0 : r->n_before],
            x = m.hit[i].x + r->plane_resolution[i] * eot_normal(b.x, b.y).a;
        sz[s] += z;
        szz[s] += z * z;
        sx[s] += x;
        sxz[s] += x * z;
        n[s] += 1.0f;
    }
    if (!all || n[0] < 2.0f || n[1] < 2.0f || r->field_integral == 0.0f) return track;
    f32 slope_before = (n[0] * sxz[0] - sx[0] * sz[0]) / (n[0] * szz[0] - sz[0] * sz[0]);
    f32 slope_after = (n[1] * sxz[1] - sx[1] * sz[1]) / (n[1] * szz[1] - sz[1] * sz[1]);
    f32 sine =
        slope_after / sqrt(1.0f + slope_after * slope_after) - slope_before / sqrt(1.0f + slope_before * slope_before);
    /* dp_x = -q c B_y L for a track along +z (v x B); momentum is signed so that it carries the charge */
    f32 kick = -EOT_BEND * r->field_integral;
    track.momentum = fabs(sine) < 1e-7f ? 1e7f : kick / sine;
    return track;
}

/** Count an event's faults. @return their bits, enum eot_event_fault. */
EOT_FN u32 eot_event_faults_count(eot_event_vertex v, i32 fate_plus, i32 fate_minus, EOT_GLOBAL i64 *tally) {
    u32 faults = v.fault;
    if (fate_plus == EOT_MUON_STUCK || fate_minus == EOT_MUON_STUCK) faults |= (u32)EOT_FAULT_STUCK;
    if (fate_plus == EOT_MUON_NAN || fate_minus == EOT_MUON_NAN) faults |= (u32)EOT_FAULT_NAN;
    if (faults & (u32)EOT_FAULT_VERTEX) eot_atomic_add_i64(tally + EOT_C_FAULT_VERTEX, 1);
    if (faults & (u32)EOT_FAULT_STACK) eot_atomic_add_i64(tally + EOT_C_FAULT_STACK, 1);
    if (faults & (u32)(EOT_FAULT_ENDLESS | EOT_FAULT_STUCK)) eot_atomic_add_i64(tally + EOT_C_FAULT_STUCK, 1);
    if (faults & (u32)EOT_FAULT_ENERGY) eot_atomic_add_i64(tally + EOT_C_FAULT_ENERGY, 1);
    if (faults & (u32)EOT_FAULT_NAN) eot_atomic_add_i64(tally + EOT_C_FAULT_NAN, 1);
    return faults;
}

/** Row of an event whose replay failed: it has no muons, only the weight and the faults. */
EOT_FN void eot_event_reject(eot_event_vertex v, EOT_GLOBAL i64 *tally, EOT_GLOBAL f32 *row) {
    for (i32 i = 0; i < EOT_N_EVENT_COLUMN; i++) row[i] = 0.0f;
    row[EOT_E_WEIGHT] = v.weight;
    row[EOT_E_BEAM] = v.E_beam;
    row[EOT_E_STAGE] = -(f32)eot_event_faults_count(v, EOT_MUON_ESCAPED, EOT_MUON_ESCAPED, tally);
}

/** Charge of the muon that an event is selected by: each charge of the signal has its own selection. */
EOT_FN i32 eot_event_charge(EOT_GLOBAL const eot_event_world *e, eot_event_vertex v) {
    return eot_rare_family(v.process) == EOT_FAMILY_SIGNAL ? (v.E_plus > 0.0f ? 1 : -1) : e->selection.charge;
}

/** Count a vertex: what needs no deposit. */
EOT_FN void eot_vertex_count(EOT_GLOBAL const eot_event_world *e, eot_event_vertex v, EOT_GLOBAL i64 *tally) {
    f64 w = (f64)v.weight;
    i32 own_charge = eot_event_charge(e, v),
        channel = EOT_W_CHANNEL + eot_rare_channel(v.process, v.parent) * EOT_N_CHANNEL_SUM;
    f32 E_muon = own_charge < 0 ? v.E_minus : v.E_plus;
    eot_weighted_add(tally, channel + EOT_CH_ALL, w);
    for (i32 i = 0; i < EOT_CH_TRACK - EOT_CH_ABOVE; i++)
        if (v.k >= eot_channel_threshold(i)) eot_weighted_add(tally, channel + EOT_CH_ABOVE + i, w);
    eot_weighted_add(tally, channel + EOT_CH_MUON_ENERGY, w * (f64)E_muon);
    if (own_charge != e->selection.charge) return; /* the run's tallies hold the selected one */
    eot_atomic_add_i64(tally + EOT_C_EVENTS, 1);
    eot_weighted_add(tally, EOT_W_ALL, w);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * EOT_W_DEPTH, w * (f64)v.depth_X0);
    eot_sum_add(tally + EOT_T_WEIGHTED + 4 * EOT_W_DEPTH + 2, w * (f64)v.depth_X0 * (f64)v.depth_X0);
    eot_histogram_add(tally, EOT_H_PHOTON_ENERGY,
                      (eot_log(v.k) * 0.43429448f - EOT_PHOTON_LOG10_LOW) * EOT_PHOTON_BINS_PER_DECADE, w);
    eot_histogram_add(tally, EOT_H_DEPTH, v.depth_X0 * EOT_DEPTH_BINS_PER_X0, w);
    eot_histogram_add(tally, EOT_H_MUON_ENERGY, E_muon * EOT_MUON_BINS_PER_GEV, w);
    eot_histogram_add(tally, EOT_H_PARENT, v.k * EOT_PARENT_BINS_PER_GEV, w);
}

/** Whether a muon has crossed all tracker planes. */
EOT_FN i32 eot_muon_has_crossed(eot_muon_outcome m, i32 n_plane) {
    i32 all = n_plane > 0;
    for (i32 i = 0; i < n_plane; i++) all = all && m.hit[i].is_hit > 0.0f;
    return all;
}

/** Detector and selection of one event; fills tallies and one row of the record. Deposits enter the tallies for a
 * random fraction of all events (sample_threshold); HCAL histograms also hold all events with a muon through all
 * tracker planes, and the others with the fraction's inverse as a further weight.
 * @param is_new 1 if its vertex has not been counted yet. @param outcome of mu+ and mu-. @param row EOT_N_EVENT_COLUMN
 * values out. */
EOT_FN void eot_event_select(EOT_GLOBAL const eot_event_world *e, EOT_GLOBAL const eot_event_launch *launch,
                             u64 primary, i32 is_new, eot_event_vertex v, EOT_GLOBAL const i64 *acc,
                             eot_muon_outcome plus, eot_muon_outcome minus, EOT_GLOBAL i64 *tally,
                             EOT_GLOBAL f32 *row) {
    EOT_GLOBAL const eot_response *r = &e->response;
    EOT_GLOBAL const eot_selection *window = &e->selection;
    eot_random random = eot_random_init(primary, EOT_STAGE_DETECTOR, 0, launch->seed, launch->run);
    f32 quantum = (f32)(D(1.0) / EOT_ENERGY_QUANTUM);
    f64 w = (f64)v.weight;
    /* calorimeters */
    f32 ecal = (f32)acc[EOT_ACC_LEDGER_ECAL] * quantum, veto = (f32)acc[EOT_ACC_VETO_VISIBLE] * quantum,
        hcal[EOT_N_HCAL], hcal_sum = 0.0f;
    if (r->veto_photostatistics > 0.0f) {
        eot_u32x4 b = eot_random_block(random);
        veto = fmax(0.0f, veto + sqrt(fmax(veto, 0.0f) / (1000.0f * r->veto_photostatistics)) * eot_normal(b.x, b.y).a);
    }
    random.draw++;
    i32 hcal_ok = 1;
    for (i32 i = 0; i < EOT_N_HCAL; i++) {
        f32 muonic = (f32)acc[EOT_ACC_HCAL_VISIBLE + i] * quantum * r->hcal_scale;
        f32 hadronic = (f32)acc[EOT_ACC_HCAL_HADRONIC + i] * quantum;
        f32 seen = hadronic * r->hadronic_visible * r->hcal_scale;
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        eot_normal_pair n = eot_normal(b.x, b.y);
        f32 sigma = seen > 0.0f ? sqrt(r->hcal_stochastic * r->hcal_stochastic * seen +
                                       r->hcal_constant * r->hcal_constant * seen * seen)
                                : 0.0f;
        f32 photo = r->hcal_photostatistics > 0.0f ? sqrt(fmax(muonic, 0.0f) / r->hcal_photostatistics) : 0.0f;
        hcal[i] = i < r->n_hcal ? fmax(0.0f, muonic + photo * n.a + seen + sigma * n.b) : 0.0f;
        hcal_sum += hcal[i];
        if (i < r->n_hcal) hcal_ok = hcal_ok && hcal[i] >= window->hcal_low && hcal[i] <= window->hcal_high;
    }
    /* the ECAL's visible energy carries the sampling fluctuation; the rest of its resolution is smeared below */
    eot_u32x4 sampling_block = eot_random_block(random);
    random.draw++;
    ecal =
        fmax(0.0f, ecal + eot_ecal_sampling(r->ecal_sampling, ecal) * eot_normal(sampling_block.x, sampling_block.y).a);
    /* spectrometer */
    eot_track t_plus =
        eot_track_fit(plus, r, eot_random_init(primary, EOT_STAGE_DETECTOR, 1, launch->seed, launch->run));
    eot_track t_minus =
        eot_track_fit(minus, r, eot_random_init(primary, EOT_STAGE_DETECTOR, 2, launch->seed, launch->run));
    i32 n_track = (t_plus.momentum != 0.0f) + (t_minus.momentum != 0.0f);
    f32 signed_momentum = t_minus.momentum != 0.0f ? t_minus.momentum : t_plus.momentum;
    f32 charge = signed_momentum > 0.0f ? 1.0f : -1.0f, momentum = fabs(signed_momentum);
    i32 own_charge = eot_event_charge(e, v), is_main = own_charge == window->charge;
    i32 track_ok = n_track == 1 && charge * (f32)own_charge > 0.0f && momentum >= window->min_momentum;
    f32 E_mu = sqrt(momentum * momentum + EOT_M_MUON * EOT_M_MUON);
    E_mu = n_track == 1 ? E_mu : 0.0f;
    /* missing energy: mean of what is measured, and the Gaussian width that is not sampled yet */
    f32 ecal_variance = (r->ecal_stochastic * r->ecal_stochastic - r->ecal_sampling * r->ecal_sampling) * ecal +
                        r->ecal_constant * r->ecal_constant * ecal * ecal;
    f32 missing = v.E_beam - ecal - hcal_sum - E_mu;
    f32 sigma = sqrt(fmax(ecal_variance, 0.0f) + r->beam_resolution * r->beam_resolution * v.E_beam * v.E_beam);
    f32 a = (window->missing_energy - missing) / fmax(sigma, 1e-3f);
    f32 pass_gaussian = eot_tail_gaussian(a), pass_exponential = eot_tail_exponential(a, r->tail_start);
    i32 veto_ok = veto >= window->veto_low && veto <= window->veto_high;
    /* categories: what became of the other muon of an event with a track */
    i32 through = (plus.E_exit > 0.0f) + (minus.E_exit > 0.0f);
    i32 category = n_track == 2 ? 2 : n_track == 1 ? (through == 2 ? 3 : 1) : 0;
    i32 stage = !track_ok ? 0 : !veto_ok ? 1 : !hcal_ok ? 2 : 3; /* cuts passed */
    /* tallies */
    i32 channel = EOT_W_CHANNEL + eot_rare_channel(v.process, v.parent) * EOT_N_CHANNEL_SUM;
    if (is_new) eot_vertex_count(e, v, tally);
    if (stage >= 1) eot_weighted_add(tally, channel + EOT_CH_TRACK, w);
    if (stage >= 2) eot_weighted_add(tally, channel + EOT_CH_VETO, w);
    if (stage >= 3) {
        eot_weighted_add(tally, channel + EOT_CH_HCAL, w);
        eot_weighted_add(tally, channel + EOT_CH_MISSING_GAUSSIAN, w * (f64)pass_gaussian);
        eot_weighted_add(tally, channel + EOT_CH_MISSING_EXPONENTIAL, w * (f64)pass_exponential);
    }
    i32 is_sampled = eot_is_kept(primary, launch->sample_threshold);
    if (is_main) {
        f64 w_hcal = eot_muon_has_crossed(plus, r->n_plane) || eot_muon_has_crossed(minus, r->n_plane) ? w
                     : is_sampled ? w * (f64)launch->sample_weight
                                  : D(0.0);
        for (i32 i = 0; i < r->n_hcal && w_hcal > D(0.0); i++)
            eot_histogram_add(tally, EOT_H_HCAL0 + i, hcal[i] * EOT_HCAL_BINS_PER_GEV, w_hcal);
        if (category > 0) eot_weighted_add(tally, EOT_W_CATEGORY_1 + category - 1, w);
    }
    if (is_main && stage >= 1) {
        eot_atomic_add_i64(tally + EOT_C_TRACK, 1);
        eot_weighted_add(tally, EOT_W_TRACK, w);
        eot_u32x4 b = eot_random_block(eot_random_init(primary, EOT_STAGE_DETECTOR, 3, launch->seed, launch->run));
        eot_histogram_add(tally, EOT_H_MISSING,
                          (missing + sigma * eot_normal(b.x, b.y).a - EOT_MISSING_LOW) * EOT_MISSING_BINS_PER_GEV, w);
    }
    if (is_main && stage >= 2) {
        eot_atomic_add_i64(tally + EOT_C_VETO, 1);
        eot_weighted_add(tally, EOT_W_VETO, w);
    }
    if (is_main && stage >= 3) {
        eot_atomic_add_i64(tally + EOT_C_HCAL, 1);
        eot_weighted_add(tally, EOT_W_HCAL, w);
        eot_weighted_add(tally, EOT_W_MISSING_GAUSSIAN, w * (f64)pass_gaussian);
        eot_weighted_add(tally, EOT_W_MISSING_EXPONENTIAL, w * (f64)pass_exponential);
        eot_sum_add(tally + EOT_T_WEIGHTED + 4 * EOT_W_PASSED_GAUSSIAN, (f64)pass_gaussian);
        eot_sum_add(tally + EOT_T_WEIGHTED + 4 * EOT_W_PASSED_EXPONENTIAL, (f64)pass_exponential);
        eot_histogram_add(tally, EOT_H_PARENT_SELECTED, v.k * EOT_PARENT_BINS_PER_GEV, w * (f64)pass_gaussian);
    }
    u32 faults = eot_event_faults_count(v, plus.fate, minus.fate, tally);
    if (is_sampled) {
        eot_atomic_add_i64(tally + EOT_C_SAMPLED, 1);
        for (i32 i = 0; i < EOT_N_LEDGER; i++) eot_atomic_add_i64(tally + EOT_C_LEDGER + i, acc[i]);
        eot_atomic_add_i64(tally + EOT_C_ENERGY_IN, eot_energy_counts(v.E_beam));
        for (i32 i = 0; i < EOT_N_ECAL_CELL; i++)
            if (acc[EOT_ACC_ECAL_CELL + i] != 0)
                eot_atomic_add_i64(tally + EOT_C_ECAL_CELL + i, acc[EOT_ACC_ECAL_CELL + i]);
    }
    row[EOT_E_WEIGHT] = v.weight;
    row[EOT_E_BEAM] = v.E_beam;
    row[EOT_E_PHOTON] = v.k;
    row[EOT_E_DEPTH] = v.depth_X0;
    row[EOT_E_MU_PLUS] = v.E_plus;
    row[EOT_E_MU_MINUS] = v.E_minus;
    row[EOT_E_VERTEX_X] = (f32)v.x;
    row[EOT_E_VERTEX_Y] = (f32)v.y;
    row[EOT_E_VERTEX_Z] = (f32)v.z;
    row[EOT_E_ECAL] = ecal;
    row[EOT_E_VETO] = veto;
    for (i32 i = 0; i < EOT_N_HCAL; i++) row[EOT_E_HCAL0 + i] = hcal[i];
    row[EOT_E_N_TRACK] = (f32)n_track;
    row[EOT_E_MOMENTUM] = n_track == 1 ? momentum : 0.0f;
    row[EOT_E_CHARGE] = n_track == 1 ? charge : 0.0f;
    row[EOT_E_MISSING] = missing;
    row[EOT_E_MISSING_SIGMA] = sigma;
    row[EOT_E_PASS_GAUSSIAN] = pass_gaussian;
    row[EOT_E_PASS_EXPONENTIAL] = pass_exponential;
    row[EOT_E_CATEGORY] = (f32)category;
    row[EOT_E_STAGE] = faults != 0u ? -(f32)faults : (f32)stage;
    row[EOT_E_PROCESS] = (f32)v.process;
    row[EOT_E_PARENT] = (f32)v.parent;
    row[EOT_E_TIME] = v.time;
    row[EOT_E_SLOPE_X] = v.sx;
    row[EOT_E_SLOPE_Y] = v.sy;
    row[EOT_E_VERSINE] = v.versine;
    row[EOT_E_TURN] = v.turn;
    row[EOT_E_TARGET_Z] = v.target_Z;
    row[EOT_E_TARGET_A] = v.target_A;
    row[EOT_E_RECOIL_T] = row[EOT_E_RECOIL_TURN] = 0.0f;
    row[EOT_E_PLUS_X] = v.plus.x;
    row[EOT_E_PLUS_Y] = v.plus.y;
    row[EOT_E_PLUS_Z] = v.plus.z;
    row[EOT_E_MINUS_X] = v.minus.x;
    row[EOT_E_MINUS_Y] = v.minus.y;
    row[EOT_E_MINUS_Z] = v.minus.z;
}

#endif
