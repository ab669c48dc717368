/** @file muon_beam.h
 * A beam of muons through the grid, scored where it leaves a volume: one work item a muon. */
#ifndef EOT_TRANSPORT_MUON_BEAM_H
#define EOT_TRANSPORT_MUON_BEAM_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/transport/event_muon.h"
#include "eotmc/transport/source.h"

/** A muon of the beam before its first step. */
typedef struct {
    eot_muon m;
    eot_random random;
    eot_primary source;
    f32 kinetic; /* GeV */
} eot_muon_beam_state;

EOT_FN eot_muon_beam_state eot_muon_beam_start(eot_matter_view matter, EOT_GLOBAL const eot_muon_beam_parameters *b,
                                               u64 primary) {
    eot_muon_beam_state s;
    s.source = eot_source_of(matter.table, b->beam, primary, b->seed, b->run, b->beam.position_z);
    s.random = eot_random_init(primary, EOT_STAGE_MUON, 0, b->seed, b->run);
    eot_u32x4 block = eot_random_block(s.random);
    s.random.draw++;
    s.kinetic = fmax(s.source.E - EOT_M_MUON, 0.0f);
    eot_muon_origin origin;
    f32 z = eot_source_z(matter.table, b->beam, primary), ahead = z - b->beam.position_z;
    origin.position.x = (f64)(s.source.x + ahead * s.source.sx);
    origin.position.y = (f64)(s.source.y + ahead * s.source.sy);
    origin.position.z = (f64)z;
    origin.direction = eot_slope_direction(s.source.sx, s.source.sy);
    origin.kinetic_energy = s.kinetic;
    origin.time = eot_source_time(matter.table, b->beam, primary);
    origin.charge = b->charge;
    s.m = eot_muon_start(matter, origin, block.x);
    return s;
}

/** Follow primary `primary` until it ends or leaves the grid, whose last edge in z is the scored plane: it survives if
 * it crosses that inside the scored face.
 * @param row EOT_N_EXIT_COLUMN values out. @param tally EOT_N_EXIT_COUNTER sums. */
EOT_FN void eot_muon_beam_follow(eot_matter_view matter, EOT_GLOBAL const eot_muon_beam_parameters *b, u64 primary,
                                 EOT_GLOBAL f32 *row, EOT_GLOBAL i64 *tally) {
    eot_muon_beam_state state = eot_muon_beam_start(matter, b, primary);
    eot_primary source = state.source;
    eot_random random = state.random;
    eot_muon m = state.m;
    f32 kinetic = state.kinetic;
    i64 before = eot_energy_counts_f64(m.kinetic_energy), rest_counts = eot_energy_counts(EOT_M_MUON), deposited = 0,
        neutrino = 0, freed = 0, n_step = 0;
    while (m.fate == EOT_MUON_ALIVE) {
        i64 kinetic_counts = eot_energy_counts_f64(m.kinetic_energy);
        eot_muon_step s = eot_muon_advance(matter, m, random);
        n_step++;
        if (s.muon.fate == EOT_MUON_NAN) { /* the step is not a number: it is not made */
            m.fate = EOT_MUON_NAN;
            break;
        }
        random = s.random;
        m = s.muon;
        i64 rest = s.rest > 0.0f ? rest_counts : 0;
        i64 lost = kinetic_counts + rest - eot_energy_counts_f64(m.kinetic_energy), carried = 0;
        if (s.neutrino > 0.0f) carried = lost - eot_energy_counts(s.ionisation) - eot_energy_counts(s.electron);
        freed += rest;
        neutrino += carried;
        deposited += lost - carried; /* telescopes: what is not carried away is deposited */
        if (n_step > EOT_MUON_MOST_STEPS && m.fate == EOT_MUON_ALIVE) m.fate = EOT_MUON_STUCK;
    }
    i32 is_through = m.fate == EOT_MUON_ESCAPED && m.i_z >= matter.grid->n_z &&
                     fabs((f32)m.position.x - b->face_x) <= b->half_x &&
                     fabs((f32)m.position.y - b->face_y) <= b->half_y;
    i32 is_fault = m.fate == EOT_MUON_STUCK || m.fate == EOT_MUON_NAN;
    u32 fault = m.fate == EOT_MUON_NAN ? (u32)EOT_FAULT_NAN : (u32)EOT_FAULT_STUCK;
    row[EOT_EXIT_SURVIVED] = is_fault ? -(f32)fault : (f32)is_through;
    row[EOT_EXIT_ENERGY] = kinetic;
    row[EOT_EXIT_LOSS] = (f32)((f64)kinetic - m.kinetic_energy);
    row[EOT_EXIT_ANGLE_X] = m.direction.x / fmax(fabs(m.direction.z), 1e-6f);
    row[EOT_EXIT_ANGLE_Y] = m.direction.y / fmax(fabs(m.direction.z), 1e-6f);
    /* displacement from the straight line of the incoming muon */
    f32 path_z = (f32)(m.position.z - (f64)b->beam.position_z);
    row[EOT_EXIT_DISPLACEMENT_X] = (f32)(m.position.x - (f64)source.x) - source.sx * path_z;
    row[EOT_EXIT_DISPLACEMENT_Y] = (f32)(m.position.y - (f64)source.y) - source.sy * path_z;
    eot_atomic_add_i64(tally + EOT_EXIT_C_STEPS, n_step);
    eot_atomic_add_i64(tally + EOT_EXIT_C_IN, before + rest_counts);
    eot_atomic_add_i64(tally + (is_fault ? EOT_EXIT_C_LOST : EOT_EXIT_C_OUT),
                       eot_energy_counts_f64(m.kinetic_energy) + rest_counts - freed);
    eot_atomic_add_i64(tally + EOT_EXIT_C_DEPOSITED, deposited);
    eot_atomic_add_i64(tally + EOT_EXIT_C_NEUTRINO, neutrino);
    if (is_fault)
        eot_atomic_add_i64(tally + (m.fate == EOT_MUON_NAN ? EOT_EXIT_C_FAULT_NAN : EOT_EXIT_C_FAULT_STUCK), 1);
}

#endif
