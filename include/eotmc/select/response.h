/** @file response.h
 * From an event's deposits and hits to what the experiment sees. The last Gaussian smear of the missing energy is not
 * sampled: its width goes along, and the selection integrates it. */
#ifndef EOT_SELECT_RESPONSE_H
#define EOT_SELECT_RESPONSE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/detector/ecal.h"
#include "eotmc/select/track.h"

/** An event as it is reconstructed, the same for every selection. Energies in GeV. */
typedef struct {
    f32 E_beam, ecal, veto, hcal[EOT_N_HCAL], hcal_sum;
    f32 momentum;               /* GeV/c, of the track; 0 unless there is exactly one, and it has one */
    f32 momentum_error;         /* of it, relative; 0: it has no momentum */
    f32 track_chi2;             /* per degree of freedom of its fit */
    f32 true_momentum;          /* GeV/c, of its muon at the first chamber */
    f32 missing, missing_sigma; /* mean of what is measured, and the Gaussian width that is not sampled */
    f32 missing_sampled;        /* a sample of it, for the histogram */
    f32 kink; /* rad, measured in front of the ECAL, of decays of a beam's hadrons; 0: none is; -1: not measured */
    eot_track track[2]; /* of the mu+ and of the mu- */
    i32 n_hcal;
    i32 n_track;    /* muons that have crossed all chambers, whether their momentum is measured or not */
    i32 charge;     /* of the track; 0 unless it has a momentum */
    i32 category;   /* 1 + enum eot_category_index; 0: none */
    i32 n_through;  /* muons that leave the last HCAL module by its rear face */
    i32 is_sampled; /* whether the event's deposits are tallied */
    u32 faults;     /* bits of enum eot_event_fault */
} eot_event;

/** Energy seen in the VETO with photostatistics: a count of photoelectrons, never negative and with the right mean at
 * any energy. @param visible GeV. @param per_MeV photoelectrons; 0: no fluctuation. */
EOT_FN f32 eot_veto_seen(f32 visible, f32 per_MeV, eot_random random) {
    f32 per_GeV = 1000.0f * per_MeV;
    if (!(per_MeV > 0.0f)) return visible;
    return eot_count_sample(eot_max(visible, 0.0f) * per_GeV, eot_random_block(random)) / per_GeV;
}

/** Calibrated energy seen in an HCAL module: photostatistics of the muons' deposits (a count), the resolution of the
 * hadronic ones (a Gamma distribution, so that small deposits keep their mean).
 * @param visible,hadronic GeV of active energy of muons, GeV of hadrons. @param random cursor of the module. */
EOT_FN f32 eot_hcal_seen(f32 visible, f32 hadronic, EOT_GLOBAL const eot_response *r, eot_random random) {
    f32 muonic = eot_max(visible * r->hcal_scale, 0.0f), seen = hadronic * r->hadronic_visible * r->hcal_scale;
    if (r->hcal_photostatistics > 0.0f)
        muonic = eot_count_sample(muonic * r->hcal_photostatistics, eot_random_block(random)) / r->hcal_photostatistics;
    random.draw += (u32)EOT_N_CALORIMETER_DRAW;
    f32 variance = r->hcal_stochastic * r->hcal_stochastic * seen + r->hcal_constant * r->hcal_constant * seen * seen;
    return muonic + eot_energy_fluctuated(seen, variance, random);
}

/** Gaussian width of the missing energy that is not sampled: what sampling leaves of the ECAL's resolution, and the
 * beam's. The two parts combine by their variances: `ecal` has been drawn with a variance of ecal_sampling^2 E, the
 * rest of stochastic^2 E + constant^2 E^2 is here, taken at the energy that is seen, and integrated as a Gaussian
 * around it. @param ecal GeV, seen. */
EOT_FN f32 eot_missing_sigma(EOT_GLOBAL const eot_response *r, f32 E_beam, f32 ecal) {
    f32 ecal_variance = (r->ecal_stochastic * r->ecal_stochastic - r->ecal_sampling * r->ecal_sampling) * ecal +
                        r->ecal_constant * r->ecal_constant * ecal * ecal;
    return sqrt(fmax(ecal_variance, 0.0f) + r->beam_resolution * r->beam_resolution * E_beam * E_beam);
}

/** Category of a muon pair: 1 + its number in categories.def, 0 for none. */
EOT_FN i32 eot_event_category(eot_event ev) {
    i32 category = 0;
#define EOT_CATEGORY(id, name, title, condition) \
    if (condition) category = 1 + EOT_CATEGORY_##id;
#include "eotmc/tally/categories.def"
#undef EOT_CATEGORY
    return category;
}

/** The faults of an event and of its muons: bits of enum eot_event_fault. */
EOT_FN u32 eot_event_faults(u32 faults, i32 fate_plus, i32 fate_minus) {
    if (fate_plus == EOT_MUON_STUCK || fate_minus == EOT_MUON_STUCK) faults |= (u32)EOT_FAULT_STUCK;
    if (fate_plus == EOT_MUON_NAN || fate_minus == EOT_MUON_NAN) faults |= (u32)EOT_FAULT_NAN;
    return faults;
}

/** What the calorimeters see of an event. */
EOT_FN eot_event eot_event_calorimeters(eot_event ev, eot_event_view view, u64 primary) {
    EOT_GLOBAL const eot_response *r = &view.world->response;
    EOT_GLOBAL const eot_event_launch *launch = view.launch;
    EOT_GLOBAL const i64 *acc = view.acc;
    f32 quantum = (f32)(D(1.0) / EOT_ENERGY_QUANTUM);
    ev.ecal =
        eot_ecal_seen((f32)acc[EOT_ACC_LEDGER_ECAL] * quantum, r->ecal_sampling, primary, launch->seed, launch->run);
    ev.veto = eot_veto_seen((f32)acc[EOT_ACC_VETO_VISIBLE] * quantum, r->veto_photostatistics,
                            eot_calorimeter_random(primary, (u32)EOT_DRAW_VETO, launch->seed, launch->run));
    ev.hcal_sum = 0.0f;
    ev.n_hcal = r->n_hcal;
    for (i32 i = 0; i < EOT_N_HCAL; i++) {
        f32 visible = (f32)acc[EOT_ACC_HCAL_VISIBLE + i] * quantum,
            hadronic = (f32)acc[EOT_ACC_HCAL_HADRONIC + i] * quantum;
        eot_random random = eot_calorimeter_random(primary, (u32)(EOT_DRAW_HCAL + i), launch->seed, launch->run);
        ev.hcal[i] = i < r->n_hcal ? eot_hcal_seen(visible, hadronic, r, random) : 0.0f;
        ev.hcal_sum += ev.hcal[i];
    }
    return ev;
}

/** What the beam's shower has sent into the VETO: as many lumps as its parts have in the mean. */
EOT_FN void eot_event_arrivals(EOT_GLOBAL const f32 *table, eot_event_view view, u64 primary) {
    EOT_GLOBAL const eot_before_veto *v = &view.world->secondaries.veto;
    eot_random random =
        eot_random_init(primary, EOT_STAGE_DETECTOR, EOT_DETECTOR_ARRIVALS, view.launch->seed, view.launch->run);
    for (i32 i = 0; i < EOT_N_ARRIVAL_CLASS; i++) {
        f32 mean = (f32)((f64)view.acc[EOT_ACC_ARRIVAL + i] / EOT_ENERGY_QUANTUM);
        view.acc[EOT_ACC_ARRIVAL + i] = 0;
        if (!(mean > 0.0f) || v->n_depth == 0) continue;
        eot_lump l = eot_arrivals_sample(table + v->arrival + (u32)i * (u32)EOT_N_ARRIVAL_LUMP, mean, random);
        random.draw = l.draw;
        if (l.energy > 0.0f) eot_deposit_crossed(view.acc, EOT_ACC_LEDGER_ECAL, l.energy);
    }
}

/** The track of one of an event's muons. @param charge of the muon, +1 or -1. */
EOT_BODY_FN eot_track eot_event_track(EOT_GLOBAL const f32 *table, eot_event_view view, u64 primary, eot_muon_outcome m,
                                      i32 charge) {
    u32 draws = charge > 0 ? (u32)EOT_DETECTOR_TRACK_PLUS : (u32)EOT_DETECTOR_TRACK_MINUS;
    return eot_track_of(table, &view.world->spectrometer, m, charge,
                        eot_random_init(primary, EOT_STAGE_DETECTOR, draws, view.launch->seed, view.launch->run));
}

/** What the spectrometer sees of an event: the one track that there is, or none or two without charge and momentum. */
EOT_FN eot_event eot_event_spectrometer(eot_event ev, eot_muon_outcome plus, eot_muon_outcome minus, eot_track of_plus,
                                        eot_track of_minus) {
    ev.n_through = (plus.E_exit > 0.0f) + (minus.E_exit > 0.0f);
    ev.track[0] = of_plus;
    ev.track[1] = of_minus;
    ev.n_track = of_plus.is_there + of_minus.is_there;
    eot_track one = of_minus.is_there ? of_minus : of_plus;
    i32 is_measured = ev.n_track == 1 && one.momentum != 0.0f;
    ev.momentum = is_measured ? fabs(one.momentum) : 0.0f;
    ev.momentum_error = is_measured ? one.error : 0.0f;
    ev.track_chi2 = is_measured ? one.chi2 : 0.0f;
    ev.true_momentum = ev.n_track == 1 ? one.true_momentum : 0.0f;
    ev.charge = !is_measured ? 0 : one.momentum > 0.0f ? 1 : -1;
    return ev;
}

/** An event as the experiment reconstructs it, but for its tracks, which are fitted. @param table the f32 table. @param
 * view of the event: its accumulators are read, and what its shower has sent into the VETO is added. @param
 * of_plus,of_minus tracks of the muons (eot_event_track). */
EOT_BODY_FN eot_event eot_event_with_tracks(EOT_GLOBAL const f32 *table, eot_event_view view, u64 primary,
                                            eot_event_vertex v, eot_muon_outcome plus, eot_muon_outcome minus,
                                            eot_track of_plus, eot_track of_minus) {
    EOT_GLOBAL const eot_event_launch *launch = view.launch;
    eot_event ev;
    ev.E_beam = v.E_beam;
    eot_event_arrivals(table, view, primary);
    ev = eot_event_calorimeters(ev, view, primary);
    ev = eot_event_spectrometer(ev, plus, minus, of_plus, of_minus);
    ev.category = eot_event_category(ev);
    f32 E_mu = ev.charge != 0 ? sqrt(ev.momentum * ev.momentum + EOT_M_MUON * EOT_M_MUON) : 0.0f;
    ev.missing = v.E_beam - ev.ecal - ev.hcal_sum - E_mu;
    ev.missing_sigma = eot_missing_sigma(&view.world->response, v.E_beam, ev.ecal);
    eot_u32x4 b =
        eot_random_block(eot_random_init(primary, EOT_STAGE_DETECTOR, EOT_DETECTOR_MISSING, launch->seed, launch->run));
    ev.missing_sampled = ev.missing + ev.missing_sigma * eot_normal(b.x, b.y).a;
    ev.kink = 0.0f;
    ev.is_sampled = eot_is_kept(primary, launch->sample_threshold);
    ev.faults = eot_event_faults(v.fault, plus.fate, minus.fate);
    return ev;
}

/** An event as the experiment reconstructs it, with the fits of its tracks. */
EOT_FN eot_event eot_event_reconstruct(EOT_GLOBAL const f32 *table, eot_event_view view, u64 primary,
                                       eot_event_vertex v, eot_muon_outcome plus, eot_muon_outcome minus) {
    eot_track track[2];
    EOT_ROLLED
    for (i32 k = 0; k < 2; k++) track[k] = eot_event_track(table, view, primary, k == 0 ? plus : minus, 1 - 2 * k);
    return eot_event_with_tracks(table, view, primary, v, plus, minus, track[0], track[1]);
}

#endif
