/** @file accumulator.h
 * What an event accumulates: the ledger of its energy, and the energies that the detector sees. */
#ifndef EOT_DETECTOR_ACCUMULATOR_H
#define EOT_DETECTOR_ACCUMULATOR_H

#include "eotmc/detector/slab.h"

#define EOT_ENERGY_QUANTUM D(1073741824.0) /* counts per GeV: 2^30 */

/** What an event accumulates, in counts of 1/EOT_ENERGY_QUANTUM GeV. The ledger terms sum to the beam energy. */
enum eot_accumulator {
    EOT_ACC_LEDGER_ECAL = 0, /* deposited in the ECAL */
    EOT_ACC_LEDGER_VETO,
    EOT_ACC_LEDGER_HCAL,
    EOT_ACC_LEDGER_OTHER,    /* other material, air */
    EOT_ACC_LEDGER_REAR,     /* shower energy beyond the last slab */
    EOT_ACC_LEDGER_SIDE,     /* shower energy beside the slabs */
    EOT_ACC_LEDGER_FRONT,    /* shower energy in front of the ECAL: left in matter there, or scattered back out of the
                                first slab */
    EOT_ACC_LEDGER_NEUTRINO, /* neutrinos and captures */
    EOT_ACC_LEDGER_MUON,     /* muons that leave the world (total energy) */
    EOT_ACC_LEDGER_REST,     /* rest energy of stopped muons that do not decay (physics.decay: off) */
    EOT_ACC_LEDGER_PHI,      /* carried away by the scalar */
    EOT_ACC_LEDGER_RECOIL,   /* kinetic energy of the nucleus that it was radiated on; the host moves it from PHI */
    EOT_N_LEDGER,
    EOT_ACC_VETO_VISIBLE = EOT_N_LEDGER,
    EOT_ACC_HCAL_VISIBLE,                                      /* one per module */
    EOT_ACC_HCAL_HADRONIC = EOT_ACC_HCAL_VISIBLE + EOT_N_HCAL, /* hadronic energy, one per module */
    EOT_ACC_ECAL_CELL = EOT_ACC_HCAL_HADRONIC + EOT_N_HCAL,
    EOT_ACC_HCAL_CELL = EOT_ACC_ECAL_CELL + EOT_N_ECAL_CELL,
    EOT_N_ACC = EOT_ACC_HCAL_CELL + EOT_N_HCAL * EOT_N_HCAL_CELL
};

/** Energy as counts; rounding to the nearest keeps differences telescoping. */
EOT_FN i64 eot_energy_counts(f32 energy) { return (i64)floor((f64)energy * EOT_ENERGY_QUANTUM + D(0.5)); }

#endif
