/** @file step.h
 * One step of a particle of the electromagnetic cascade above the cut. Electrons, positrons and photons take the same
 * step (path, continuous loss, radiation below the cut, one vertex with two daughters); the type picks table columns,
 * not branches, so that lanes stay together on every device. One Philox block a step, counter = (primary,
 * EOT_STAGE_CASCADE, step): any shower can be followed again, step by step. Between energy nodes the step takes one of
 * the two neighbours at random (the nearer the likelier): linear interpolation on average, at half the look-ups. The
 * depth z is the path projected on the axis: angles (below 0.1 rad above 0.2 GeV) are left to the replay.
 *
 * The step is cut into four stages at its table look-ups: a stage computes indices, its caller loads what they point
 * to, and the next stage goes on from there (lanes.h says why). */
#ifndef EOT_TRANSPORT_STEP_H
#define EOT_TRANSPORT_STEP_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/random.h"
#include "eotmc/physics/process.h"
#include "eotmc/transport/layers.h"

/* The number of layers is a build option of the kernels (-DEOT_N_MEDIUM=1 or 2), so that no branch on it is left in the
 * loop; the host asks the tables. */
#ifndef EOT_N_MEDIUM
#define EOT_N_MEDIUM t.n_medium
#endif
/* So are the rare processes (eotmc/physics/process.h), and with them their parents, bits 1 << type: the rate of charged
 * particles costs a look-up of its own. */
#ifdef EOT_RARE
#define EOT_RARE_PARENTS EOT_PARENTS_OF_ALL
#else
#define EOT_RARE_PARENTS t.rare_parents
#endif
#define EOT_RARE_CHARGED (1 << EOT_ELECTRON | 1 << EOT_POSITRON)

/* Photons below the cut are radiated with the spectrum dN/dk = theta/k: theta per radiation length, from the soft end
 * of dN/dk/dt = (4/3)/k. */
#define EOT_SOFT_THETA 1.3333333f

/** Linear interpolation in a column of the node table. */
EOT_FN f32 eot_em_node(EOT_GLOBAL const f32 *table, u32 node, f32 fraction) {
    f32 low = table[node];
    return eot_fma(fraction, table[node + EOT_EM_N_COLUMN] - low, low);
}

/** Linear interpolation at position p in n + 1 equidistant values. */
EOT_FN f32 eot_row_interpolated(EOT_GLOBAL const f32 *row, f32 p, i32 n) {
    i32 i = (i32)p;
    i = i < 0 ? 0 : i > n - 1 ? n - 1 : i;
    f32 low = row[i];
    return eot_fma(p - (f32)i, row[i + 1] - low, low);
}

/** Value at `fraction` of the way between two neighbours. */
EOT_FN f32 eot_between(f32 low, f32 high, f32 fraction) { return eot_fma(fraction, high - low, low); }

/** Neighbours in a table, in structs that are copied at once: a look-up each. */
typedef struct {
    f32 low, high;
} eot_f32x2;
typedef struct {
    f32 value[4];
} eot_f32x4;
EOT_FN EOT_GLOBAL const eot_f32x2 *eot_f32x2_at(EOT_GLOBAL const f32 *table, u32 i) {
    return (EOT_GLOBAL const eot_f32x2 *)(table + i);
}
EOT_FN EOT_GLOBAL const eot_f32x4 *eot_f32x4_at(EOT_GLOBAL const f32 *table, u32 i) {
    return (EOT_GLOBAL const eot_f32x4 *)(table + i);
}

/** Place of ln(E/cut) on the energy grid. */
EOT_FN f32 eot_em_place(eot_em_tables t, f32 log_E) {
    return eot_min(eot_max(log_E * t.inverse_log_step, 0.0f), (f32)t.n_energy - 1.001f);
}

/* The stages' results are structs of more than 16 bytes, which compilers split into their members; smaller ones become
 * short vectors, which do not vectorise. */

/** Stage 1: what is known of a step before the first look-up. Words of the block: x path; y energy fraction; z node of
 * energy (upper half), acceptance or channel (lower half); w radiation below the cut. */
typedef struct {
    f32 E, z; /* GeV; cm from the calorimeter's front */
    i32 type; /* enum eot_particle_type */
    u32 word_x, word_y, word_z, word_w;
    f32 log_E; /* ln(E/cut) */
    f32 upper; /* uniform, of word z */
    f32 tau;   /* optical depth of the path */
    u32 node;  /* of the particle's kind */
} eot_step_start;

/** @param t the tables. @param E,z,type the particle. @param block random block of the step. */
EOT_FN eot_step_start eot_step_begin(eot_em_tables t, f32 E, f32 z, i32 type, eot_u32x4 block) {
    eot_step_start s;
    s.E = E;
    s.z = z;
    s.type = type;
    s.word_x = block.x;
    s.word_y = block.y;
    s.word_z = block.z;
    s.word_w = block.w;
    s.log_E = eot_log(E) - t.log_cut;
    s.upper = (f32)(i32)(block.z >> 16) * 1.52587890625e-5f;
    s.tau = -eot_log(eot_uniform(block.x));
    u32 i = (u32)(i32)(eot_em_place(t, s.log_E) + s.upper);
    s.node = t.node + i * EOT_EM_N_COLUMN + (type == EOT_PHOTON ? (u32)EOT_EM_PHOTON : (u32)EOT_EM_CHARGED);
    return s;
}

/* States of a step, bits. */
#define EOT_STEP_LIMITED 1 /* ends without a vertex */
#define EOT_STEP_LEFT 2    /* through the rear face */
#define EOT_STEP_MEDIUM 4  /* ends in the second layer */
#define EOT_STEP_PAIR 8    /* photons: which channel */
#define EOT_STEP_COMPTON 16
#define EOT_STEP_PHOTON (EOT_STEP_PAIR | EOT_STEP_COMPTON)

/** Stage 2: the path, and what follows from it. */
typedef struct {
    f32 path, path_X0, z;
    f32 ionisation;
    f32 rare;           /* photons: expected number of rare vertices */
    f32 free_path;      /* cm, of the node at the end's medium: what a vertex is accepted with */
    f32 path_0, path_1; /* cm in each layer */
    u32 soft;           /* quantile of the radiation below the cut */
    f32 soft_fraction;
    i32 state;
} eot_step_flight;

/** What stage 1's node points to in each layer: columns of enum eot_em_column. */
typedef struct {
    f32 free_path, loss, vertex;
    f32 free_path_1, loss_1, vertex_1; /* of the second layer, if there is one */
} eot_step_row;

/** @param row,row_1 of the first layer's and of the second layer's node (n_medium = 1: not looked at). */
EOT_FN eot_step_row eot_step_row_of(eot_em_tables t, const eot_f32x4 *row, const eot_f32x4 *row_1) {
    eot_step_row r;
    r.free_path = r.free_path_1 = row->value[EOT_EM_FREE_PATH];
    r.loss = r.loss_1 = row->value[EOT_EM_LOSS];
    r.vertex = r.vertex_1 = row->value[EOT_EM_VERTEX];
    if (EOT_N_MEDIUM == 2) {
        r.free_path_1 = row_1->value[EOT_EM_FREE_PATH];
        r.loss_1 = row_1->value[EOT_EM_LOSS];
        r.vertex_1 = row_1->value[EOT_EM_VERTEX];
    }
    return r;
}

/** The same from the table. @param node of stage 1. */
EOT_FN eot_step_row eot_step_row_at(EOT_GLOBAL const f32 *table, eot_em_tables t, u32 node) {
    eot_f32x4 row = *eot_f32x4_at(table, node),
              row_1 = EOT_N_MEDIUM == 2 ? *eot_f32x4_at(table, node + eot_em_layer(t)) : row;
    return eot_step_row_of(t, &row, &row_1);
}

/** @param row of the node of stage 1. @param s of stage 1. */
EOT_FN eot_step_flight eot_step_fly(eot_step_row row, eot_em_tables t, eot_step_start s) {
    eot_step_flight f;
    f32 z = s.z;
    i32 is_photon = s.type == EOT_PHOTON;
    f32 free_path = row.free_path, loss = row.loss, share = row.vertex, free_path_1 = row.free_path_1, path;
    if (EOT_N_MEDIUM == 2) {
        path = eot_layer_path_length(t.layer[0], t.layer[1], 1.0f / free_path, 1.0f / free_path_1, z, s.tau);
    } else {
        path = s.tau * free_path;
    }
    f32 limit = is_photon ? 1e9f : t.step_max;
    i32 is_limited = path > limit;
    path = is_limited ? limit : path;
    f32 to_end = t.depth - z;
    i32 has_left = path > to_end;
    path = has_left ? eot_max(0.0f, to_end) : path;
    f.path = path;
    f.z = z + path;
    f.path_0 = path;
    f.path_1 = 0.0f;
    f.path_X0 = path * t.inverse_X0[0];
    f32 lost = loss * path; /* photons: rare vertices */
    i32 medium = 0;
    if (EOT_N_MEDIUM == 2) {
        eot_layer_path split = eot_layer_path_split(t.layer[0], t.layer[1], z, path);
        f.path_0 = split.in[0];
        f.path_1 = split.in[1];
        f.path_X0 = eot_fma(split.in[0], t.inverse_X0[0], split.in[1] * t.inverse_X0[1]);
        lost = eot_fma(loss, split.in[0], row.loss_1 * split.in[1]);
        f32 period = t.layer[0] + t.layer[1], share_1 = row.vertex_1;
        medium = f.z - eot_floor(f.z / period) * period < t.layer[0] ? 0 : 1;
        share = medium == 0 ? share : share_1;
    }
    f.free_path = medium == 0 ? free_path : free_path_1;
    f32 lower = (f32)(i32)(s.word_z & 0xffffu) * 1.52587890625e-5f;
    f.rare = is_photon && s.E >= t.rare_min[EOT_PHOTON] ? lost : 0.0f;
    f.ionisation = is_photon ? 0.0f : eot_min(lost, s.E);
    i32 is_compton =
        is_photon & (lower < share); /* arithmetic throughout: a look-up in one arm of a choice would become a branch */
    f.state = is_limited * EOT_STEP_LIMITED + has_left * EOT_STEP_LEFT + medium * EOT_STEP_MEDIUM +
              is_compton * EOT_STEP_COMPTON + (is_photon - is_compton) * EOT_STEP_PAIR;
    /* radiation below the cut: one of the neighbouring energies, and one of the neighbouring paths (nodes at squares:
     * linear in path between them) */
    i32 i_E =
        (i32)eot_min(eot_max(s.log_E * t.soft_inverse_log_step + s.upper, 0.0f), (f32)EOT_EM_N_SOFT_ENERGY - 1.0f);
    f32 place = f.path_X0 * t.soft_path_scale;
    i32 i_path = (i32)eot_min(eot_sqrt(place), (f32)EOT_EM_N_SOFT_PATH - 1.001f);
    f32 whole = (f32)i_path, choice = (f32)(i32)(s.word_w & 511u) * 0.001953125f + 0.0009765625f;
    i_path += choice * (whole + whole + 1.0f) < place - whole * whole ? 1 : 0;
    f32 u = eot_uniform(s.word_w) * (f32)EOT_EM_N_SOFT_QUANTILE;
    i32 i_u = (i32)u;
    f.soft = t.soft + (u32)(i_E * EOT_EM_N_SOFT_PATH + i_path) * (EOT_EM_N_SOFT_QUANTILE + 1u) + (u32)i_u;
    f.soft_fraction = u - (f32)i_u;
    return f;
}

/** Stage 3: the energy at the end of the path. */
typedef struct {
    f32 E, soft;
    f32 log_E;          /* ln(E/cut), at least 0 */
    f32 along, E_along; /* see eot_cascade_vertex */
    u32 rate;           /* place of the bremsstrahlung rate */
    u32 quantile;       /* and of the daughter's energy */
    f32 quantile_fraction;
} eot_step_end;

/** @param has_along 0: E_along is of no use for charged particles. @param s of stage 1. @param path_X0, ionisation,
 * state of stage 2. @param radiated what its quantile points to: energy radiated below the cut, in units of the cut. */
EOT_FN eot_step_end eot_step_arrive(eot_em_tables t, i32 has_along, eot_step_start s, f32 path_X0, f32 ionisation,
                                    f32 radiated, i32 state) {
    eot_step_end e;
    i32 is_photon = (state & EOT_STEP_PHOTON) != 0;
    f32 E = s.E - ionisation;
    f32 soft = eot_min(radiated * t.cut, E);
    e.soft = is_photon ? 0.0f : soft;
    e.E = E - e.soft;
    f32 log_end = eot_log(eot_max(e.E, 1e-6f)) - t.log_cut;
    e.log_E = eot_max(is_photon ? s.log_E : log_end, 0.0f);
    e.along = (f32)(i32)(((s.word_x & 0xffu) << 8) | (s.word_y & 0xffu)) * 1.52587890625e-5f + 7.62939453125e-6f;
    e.E_along = s.E;
    if (has_along) {
        /* how much of the radiation lies before: photons of a spectrum theta/k are the jumps of a Gamma process, whose
         * share has mean a and variance a (1 - a)/(1 + theta path), as has: with probability 1/(1 + theta path) all or
         * nothing, otherwise in proportion. theta = 4/3 per X0 */
        f32 one = 1.0f / eot_fma(EOT_SOFT_THETA, path_X0, 1.0f);
        f32 share = s.upper < one * e.along ? 1.0f : s.upper < one ? 0.0f : e.along;
        e.E_along = s.E - e.along * ionisation - share * e.soft;
    }
    i32 i = (i32)(eot_min(e.log_E * t.inverse_log_step, (f32)t.n_energy - 1.001f) + s.upper);
    i32 medium = EOT_N_MEDIUM == 2 && (state & EOT_STEP_MEDIUM) != 0 ? 1 : 0;
    i32 channel =
        is_photon ? ((state & EOT_STEP_PAIR) != 0 ? EOT_CHANNEL_PAIR : EOT_CHANNEL_COMPTON) : EOT_CHANNEL_BREMS;
    f32 u = eot_uniform(s.word_y) * (f32)EOT_EM_N_QUANTILE;
    i32 i_u = (i32)u;
    e.rate = t.node + (u32)(medium * t.n_energy + i) * EOT_EM_N_COLUMN + EOT_EM_CHARGED + EOT_EM_VERTEX;
    e.quantile =
        t.quantile + (u32)((medium * EOT_N_CHANNEL + channel) * t.n_energy + i) * (EOT_EM_N_QUANTILE + 1u) + (u32)i_u;
    e.quantile_fraction = u - (f32)i_u;
    return e;
}

/** The rare rate of a charged particle is taken at one random point of its path, whose energy the vertex then has.
 * @return its place on the energy grid. */
EOT_FN f32 eot_step_rare_place(eot_em_tables t, f32 E_along) {
    return eot_em_place(t, eot_log(eot_max(E_along, t.cut)) - t.log_cut);
}

/** Where in the table the rate of a parent at the node below its place is, of the first layer. @param place of
 * eot_step_rare_place. */
EOT_FN u32 eot_step_rare_node(eot_em_tables t, i32 type, f32 place) {
    return t.node + (u32)(i32)place * EOT_EM_N_COLUMN + eot_em_rare_column(type);
}

/** Expected rare vertices of a charged particle. @param rate,rate_1 in each layer [1/cm] (n_medium = 1: the second is
 * not looked at): eot_em_node at eot_step_rare_node. */
EOT_FN f32 eot_step_rare_charged(eot_em_tables t, i32 type, f32 E_along, f32 rate, f32 rate_1, f32 path_0, f32 path_1) {
    f32 rare = rate * path_0;
    if (EOT_N_MEDIUM == 2) rare = eot_fma(rate_1, path_1, rare);
    return E_along >= (type == EOT_POSITRON ? t.rare_min[EOT_POSITRON] : t.rare_min[EOT_ELECTRON]) ? rare : 0.0f;
}

/** Stage 4: the vertex. */
typedef struct {
    f32 E_a, E_b; /* GeV, daughters; E_a = 0: no interaction, E_b goes on */
    i32 type_a, type_b;
    i32 is_hard;
} eot_step_vertex;

/** @param type of the particle. @param state of stage 2. @param E, log_E of stage 3. @param acceptance of a charged
 * particle's vertex: the rate that stage 3 points to times the free path of stage 2. @param quantile what stage 3
 * points to. @param word_z of the block. */
EOT_FN eot_step_vertex eot_step_interact(eot_em_tables t, i32 type, i32 state, f32 E, f32 log_E, f32 acceptance,
                                         f32 quantile, u32 word_z) {
    eot_step_vertex v;
    i32 is_photon = (state & EOT_STEP_PHOTON) != 0, is_pair = (state & EOT_STEP_PAIR) != 0;
    f32 lower = (f32)(i32)(word_z & 0xffffu) * 1.52587890625e-5f;
    i32 is_real = is_photon | (lower < acceptance); /* the rate has fallen since the start of the step */
    v.is_hard = is_real & ((state & (EOT_STEP_LIMITED | EOT_STEP_LEFT)) == 0) & (E >= t.cut);
    /* bremsstrahlung and Compton quantiles are in ln(k/cut)/ln(E/cut), pair quantiles in E+/k */
    f32 photon = eot_exp(eot_fma(quantile, log_E, t.log_cut));
    f32 first = eot_min(is_pair ? quantile * E : photon, E);
    v.E_a = v.is_hard ? first : 0.0f;
    v.E_b = E - v.E_a;
    v.type_a = is_pair ? EOT_POSITRON : EOT_PHOTON;
    v.type_b = (is_photon & v.is_hard) != 0 ? EOT_ELECTRON : type;
    return v;
}

/** Outcome of one step. The energy E before it is ionisation + soft + E_a + E_b (+ rounding of the last place) unless
 * the particle has left with E_b. */
typedef struct {
    f32 path;       /* cm */
    f32 path_X0;    /* radiation lengths */
    f32 ionisation; /* GeV lost along the path */
    f32 soft;       /* GeV radiated along the path as photons below the cut */
    f32 z;          /* cm, of the vertex */
    f32 E_a, E_b;   /* GeV, daughters; E_a = 0: no interaction, E_b goes on */
    i32 type_a, type_b;
    i32 has_left;   /* 1: E_b leaves the calorimeter through its rear face */
    f32 along;      /* fraction of the path at which a rare vertex would be: uniform in (0, 1) */
    f32 E_along;    /* GeV, energy there */
    f32 soft_along; /* GeV radiated until there */
    f32 rare; /* expected number of rare vertices along the path; for charged parents with the rate at E_along, right on
                 average */
} eot_cascade_vertex;

/** One step: path to the next hard vertex (or to the longest step, or to the rear face), losses on the way, and the
 * vertex.
 * @param table f32 table. @param t its layout. @param E_start,z_start,type particle with E >= cut. @param block random
 * block of the step. */
EOT_FN eot_cascade_vertex eot_cascade_vertex_sample(EOT_GLOBAL const f32 *table, eot_em_tables t, f32 E_start,
                                                    f32 z_start, i32 type, eot_u32x4 block) {
    eot_cascade_vertex v;
    eot_step_start s = eot_step_begin(t, E_start, z_start, type, block);
    eot_step_flight f = eot_step_fly(eot_step_row_at(table, t, s.node), t, s);
    eot_step_end e = eot_step_arrive(t, 1, s, f.path_X0, f.ionisation,
                                     eot_between(table[f.soft], table[f.soft + 1], f.soft_fraction), f.state);
    eot_step_vertex d =
        eot_step_interact(t, type, f.state, e.E, e.log_E, table[e.rate] * f.free_path,
                          eot_between(table[e.quantile], table[e.quantile + 1], e.quantile_fraction), s.word_z);
    v.path = f.path;
    v.path_X0 = f.path_X0;
    v.ionisation = f.ionisation;
    v.soft = e.soft;
    v.z = f.z;
    v.E_a = d.E_a;
    v.E_b = d.E_b;
    v.type_a = d.type_a;
    v.type_b = d.type_b;
    v.has_left = (f.state & EOT_STEP_LEFT) != 0;
    v.along = e.along;
    v.E_along = e.E_along;
    v.soft_along = eot_max(0.0f, E_start - e.along * f.ionisation - e.E_along);
    v.rare = f.rare;
    if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0 && type != EOT_PHOTON) {
        f32 place = eot_step_rare_place(t, e.E_along), fraction = place - (f32)(i32)place;
        u32 node = eot_step_rare_node(t, type, place);
        f32 rate = eot_em_node(table, node, fraction),
            rate_1 = EOT_N_MEDIUM == 2 ? eot_em_node(table, node + eot_em_layer(t), fraction) : rate;
        v.rare = eot_step_rare_charged(t, type, e.E_along, rate, rate_1, f.path_0, f.path_1);
    }
    return v;
}

/** Share of one photon of many in their given sum. A spectrum dN/dk = theta/k makes the photons the jumps of a Gamma
 * process, whose shares in random (size-biased) order are the pieces of a stick broken at 1 - u^(1/theta)
 * (Poisson-Dirichlet; J. F. C. Kingman, J. R. Stat. Soc. B 37 (1975) 1). theta = 4/3 of the path in X0, from the soft
 * end of dN/dk/dt = (4/3)/k. @param most the largest share that a photon may have (below the cut): exact where it is 1
 * or more; below, the others' limit is not known to the choice, and the mean share is 3 to 24 % too small for theta =
 * 0.67 to 1.33 and sums of 1.3 to 2.7 cuts. */
EOT_FN f32 eot_photon_share(f32 uniform, f32 path_X0, f32 most) {
    f32 theta = eot_max(EOT_SOFT_THETA * path_X0, 0.01f);
    f32 possible = most < 1.0f ? 1.0f - eot_exp(theta * eot_log(1.0f - most)) : 1.0f;
    return 1.0f - eot_exp(eot_log(1.0f - uniform * possible) / theta);
}

/** What a charged particle leaves below the cut along its path: one photon, the rest of its radiation, ionisation; and
 * where it falls below the cut itself. */
typedef struct {
    f32 photon, rest; /* GeV radiated: at `place` of the path; along it */
    f32 place, share; /* of the path: of the photon; until where the particle lives, 1: to its end */
    f32 E;            /* GeV, of the particle there, if it ends there or at the path's end */
} eot_cascade_losses;

/** @param E energy before the step. @param photon_uniform,place uniform numbers. */
EOT_FN eot_cascade_losses eot_cascade_losses_sample(eot_cascade_vertex v, f32 E, f32 cut, f32 photon_uniform,
                                                    f32 place) {
    eot_cascade_losses l;
    f32 above = eot_max(E - cut, 0.0f); /* a primary may start below */
    l.photon = v.soft * eot_photon_share(photon_uniform, v.path_X0, cut / eot_max(v.soft, 1e-9f));
    l.rest = v.soft - l.photon;
    l.place = place;
    l.share = 1.0f;
    l.E = v.E_b;
    if (v.E_a > 0.0f || v.E_b >= cut) return l;
    /* in proportion to the path but for the photon */
    f32 slope = eot_max(v.ionisation + l.rest, 1e-9f);
    if (above <= place * slope) {
        l.share = above / slope;
        l.photon = 0.0f;
    } else {
        l.share = above <= eot_fma(place, slope, l.photon) ? place : eot_min((above - l.photon) / slope, 1.0f);
    }
    l.rest *= l.share;
    l.E = eot_max(E - l.share * v.ionisation - l.photon - l.rest, 0.0f);
    return l;
}

/** A particle's depth as the stack keeps it: the last two bits make room for its type (4e-7 of the depth). */
EOT_FN f32 eot_stacked_z(f32 z) { return eot_f32_from_bits(eot_f32_bits(z) & ~3u); }

#endif
