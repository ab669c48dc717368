/** @file accumulator.h
 * What an event accumulates: the ledger of its energy, and the energies that the detector sees. */
#ifndef EOT_DETECTOR_ACCUMULATOR_H
#define EOT_DETECTOR_ACCUMULATOR_H

#include "eotmc/detector/secondaries.h"

#define EOT_ENERGY_QUANTUM D(1073741824.0) /* counts per GeV: 2^30 */

/** What an event accumulates, in counts of 1/EOT_ENERGY_QUANTUM GeV. The terms of the ledger come
 * first. */
enum eot_accumulator {
#define EOT_LEDGER(id, name, meaning) EOT_ACC_LEDGER_##id,
#include "eotmc/detector/ledger.def"
#undef EOT_LEDGER
    EOT_N_LEDGER,
    EOT_ACC_VETO_VISIBLE = EOT_N_LEDGER,
    EOT_ACC_HCAL_VISIBLE,                                      /* one per module */
    EOT_ACC_HCAL_HADRONIC = EOT_ACC_HCAL_VISIBLE + EOT_N_HCAL, /* hadronic energy, one per module */
    EOT_ACC_CROSSED = EOT_ACC_HCAL_HADRONIC + EOT_N_HCAL,      /* seen in the VETO of what was made before it */
    EOT_ACC_ARRIVAL, /* mean number of lumps that showers send into the VETO, per class of depth; in 1/quantum */
    EOT_ACC_ECAL_CELL = EOT_ACC_ARRIVAL + EOT_N_ARRIVAL_CLASS,
    EOT_ACC_HCAL_CELL = EOT_ACC_ECAL_CELL + EOT_N_ECAL_CELL,
    EOT_N_ACC = EOT_ACC_HCAL_CELL + EOT_N_HCAL * EOT_N_HCAL_CELL
};

/** Energy [GeV] as counts; rounding to the nearest keeps differences telescoping. */
EOT_FN i64 eot_energy_counts(f32 energy) { return eot_i64_floor((f64)energy * EOT_ENERGY_QUANTUM + D(0.5)); }
/** The same of an energy in double precision. */
EOT_FN i64 eot_energy_counts_f64(f64 energy) { return eot_i64_floor(energy * EOT_ENERGY_QUANTUM + D(0.5)); }

#endif
