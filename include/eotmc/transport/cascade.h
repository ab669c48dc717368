/** @file cascade.h
 * The electromagnetic cascade above the cut, one particle step at a time. Electrons, positrons and photons take the
 * same step (path, continuous loss, radiation below the cut, one vertex with two daughters); the type picks table
 * columns, not branches, so that lanes stay together on every device. One Philox block a step, counter = (primary,
 * EOT_STAGE_CASCADE, step): any shower can be followed again, step by step. Between energy nodes the step takes one of
 * the two neighbours at random (the nearer the likelier): linear interpolation on average, at half the look-ups. The
 * depth z is the path projected on the axis: angles (below 0.1 rad above 0.2 GeV) are left to the replay.
 *
 * The step is cut into four stages at its table look-ups. A work item follows EOT_LANE_WIDTH lanes: 1 on a GPU, where
 * the stages join into one; 32 on a CPU, where each stage is a loop over lanes that vectorises, and an index that one
 * stage computes is loaded by the next (CPU compilers turn whatever an address is computed from within one loop into
 * scalar code). Numbers: bench/README.md. */
#ifndef EOT_TRANSPORT_CASCADE_H
#define EOT_TRANSPORT_CASCADE_H

#ifdef EOT_REAL_DOUBLE
#error "single precision only: the host runs it by including it after #undef EOT_REAL_DOUBLE"
#endif

#include "eotmc/math/random.h"
#include "eotmc/transport/launch.h"
#include "eotmc/transport/state.h"

/* The number of layers is a build option of the kernels (-DEOT_N_MEDIUM=1 or 2), so that no branch on it is left in the
 * loop; the host asks the tables. */
#ifndef EOT_N_MEDIUM
#define EOT_N_MEDIUM t.n_medium
#endif
/* So are the parents of rare processes, bits 1 << type (-DEOT_RARE_PARENTS=4: photons only): the rate of charged
 * particles costs a look-up of its own. */
#ifndef EOT_RARE_PARENTS
#define EOT_RARE_PARENTS t.rare_parents
#endif
#define EOT_RARE_CHARGED (1 << EOT_ELECTRON | 1 << EOT_POSITRON)
/* And the tally of track lengths (-DEOT_TRACK_TALLY=0, 1 or 2, enum eot_track_tally). */
#ifndef EOT_TRACK_TALLY
#define EOT_TRACK_TALLY c.track_tally
#endif
/* Lanes of a work item. */
#ifndef EOT_LANE_WIDTH
#define EOT_LANE_WIDTH 1
#endif
#if EOT_LANE_WIDTH > 1 && defined(__clang__) /* EOT_VECTOR_WIDTH: what the device says it prefers */
#define EOT_PRAGMA_TEXT(text) _Pragma(#text)
#define EOT_PRAGMA(text) EOT_PRAGMA_TEXT(text)
#pragma clang diagnostic ignored \
    "-Wpass-failed" /* front ends that leave the loops to a later pass say that they left them */
#define EOT_EACH_LANE \
    EOT_PRAGMA(clang loop vectorize(assume_safety) vectorize_width(EOT_VECTOR_WIDTH) interleave_count(1))
#else
#define EOT_EACH_LANE
#endif

/* Photons below the cut are radiated with the spectrum dN/dk = theta/k: theta per radiation length, from the soft end
 * of dN/dk/dt = (4/3)/k. */
#define EOT_SOFT_THETA 1.3333333f

/** Path lengths in the two layers of a period. */
typedef struct {
    f32 in[EOT_N_MEDIUM_MAX]; /* cm */
} eot_layer_path;

/** How a path of given length that starts at depth z divides between the layers. */
EOT_FN eot_layer_path eot_layer_path_split(f32 layer_0, f32 layer_1, f32 z, f32 path) {
    f32 period = layer_0 + layer_1, end = z + path;
    f32 n_start = eot_floor(z / period), n_end = eot_floor(end / period);
    f32 phase_start = z - n_start * period, phase_end = end - n_end * period;
    eot_layer_path split;
    split.in[0] =
        eot_max(0.0f, eot_fma(n_end - n_start, layer_0, eot_min(phase_end, layer_0) - eot_min(phase_start, layer_0)));
    split.in[1] = eot_max(0.0f, path - split.in[0]);
    return split;
}

/** Length of the path from depth z at which the optical depth tau is reached, in a period of two layers with rates
 * rate_0, rate_1 [1/cm]. */
EOT_FN f32 eot_layer_path_length(f32 layer_0, f32 layer_1, f32 rate_0, f32 rate_1, f32 z, f32 tau) {
    f32 period = layer_0 + layer_1, n_start = eot_floor(z / period), phase = eot_max(0.0f, z - n_start * period);
    f32 period_depth = eot_fma(rate_0, layer_0, rate_1 * layer_1);
    f32 before = eot_fma(rate_0, eot_min(phase, layer_0),
                         rate_1 * eot_max(0.0f, phase - layer_0)); /* optical depth from the start of the period */
    f32 target = before + tau, n = eot_floor(target / period_depth), rest = target - n * period_depth;
    f32 in_0 = rate_0 * layer_0;
    f32 end = rest < in_0 ? rest / rate_0 : layer_0 + (rest - in_0) / rate_1;
    return eot_max(0.0f, eot_fma(n, period, end - phase));
}

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

/** Place of ln(E/cut) on the energy grid. */
EOT_FN f32 eot_em_place(eot_em_tables t, f32 log_E) {
    return eot_min(eot_max(log_E * t.inverse_log_step, 0.0f), (f32)t.n_energy - 1.001f);
}

/* The stages' results are structs of more than 16 bytes, which compilers split into their members; smaller ones become
 * short vectors, which do not vectorise. */

/** Stage 1: what is known of a step before the first look-up. Words of the block: x path; y energy fraction; z node of
 * energy (upper half), acceptance or channel (lower half); w radiation below the cut. */
typedef struct {
    u32 x, y, z, w;
    f32 log_E; /* ln(E/cut) */
    f32 upper; /* uniform, of z */
    f32 tau;   /* optical depth of the path */
    u32 node;  /* of the particle's kind */
} eot_step_start;

EOT_FN eot_step_start eot_step_begin(eot_em_tables t, f32 E, i32 type, eot_u32x4 block) {
    eot_step_start s;
    s.x = block.x;
    s.y = block.y;
    s.z = block.z;
    s.w = block.w;
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

EOT_FN eot_step_flight eot_step_fly(EOT_GLOBAL const f32 *table, eot_em_tables t, f32 E, f32 z, i32 type, f32 log_E,
                                    f32 upper, f32 tau, u32 node, u32 word_z, u32 word_w) {
    eot_step_flight f;
    i32 is_photon = type == EOT_PHOTON;
    u32 stride = (u32)t.n_energy * EOT_EM_N_COLUMN;
    EOT_GLOBAL const f32 *row = table + node, *row_1 = row + stride;
    f32 free_path = row[EOT_EM_FREE_PATH], loss = row[EOT_EM_LOSS], share = row[EOT_EM_VERTEX];
    f32 free_path_1 = free_path, path;
    if (EOT_N_MEDIUM == 2) {
        free_path_1 = row_1[EOT_EM_FREE_PATH];
        path = eot_layer_path_length(t.layer[0], t.layer[1], 1.0f / free_path, 1.0f / free_path_1, z, tau);
    } else {
        path = tau * free_path;
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
        lost = eot_fma(loss, split.in[0], row_1[EOT_EM_LOSS] * split.in[1]);
        f32 period = t.layer[0] + t.layer[1], share_1 = row_1[EOT_EM_VERTEX];
        medium = f.z - eot_floor(f.z / period) * period < t.layer[0] ? 0 : 1;
        share = medium == 0 ? share : share_1;
    }
    f.free_path = medium == 0 ? free_path : free_path_1;
    f32 lower = (f32)(i32)(word_z & 0xffffu) * 1.52587890625e-5f;
    f.rare = is_photon && E >= t.rare_min[EOT_PHOTON] ? lost : 0.0f;
    f.ionisation = is_photon ? 0.0f : eot_min(lost, E);
    i32 is_compton =
        is_photon & (lower < share); /* arithmetic throughout: a look-up in one arm of a choice would become a branch */
    f.state = is_limited * EOT_STEP_LIMITED + has_left * EOT_STEP_LEFT + medium * EOT_STEP_MEDIUM +
              is_compton * EOT_STEP_COMPTON + (is_photon - is_compton) * EOT_STEP_PAIR;
    /* radiation below the cut: one of the neighbouring energies, and one of the neighbouring paths (nodes at squares:
     * linear in path between them) */
    i32 i_E = (i32)eot_min(eot_max(log_E * t.soft_inverse_log_step + upper, 0.0f), (f32)t.n_soft_energy - 1.0f);
    f32 place = f.path_X0 * t.soft_path_scale;
    i32 i_path = (i32)eot_min(eot_sqrt(place), (f32)t.n_soft_path - 1.001f);
    f32 whole = (f32)i_path, choice = (f32)(i32)(word_w & 511u) * 0.001953125f + 0.0009765625f;
    i_path += choice * (whole + whole + 1.0f) < place - whole * whole ? 1 : 0;
    f32 u = eot_uniform(word_w) * (f32)t.n_soft_quantile;
    i32 i_u = (i32)u;
    f.soft = t.soft + (u32)(i_E * t.n_soft_path + i_path) * (u32)(t.n_soft_quantile + 1) + (u32)i_u;
    f.soft_fraction = u - (f32)i_u;
    return f;
}

/** Stage 3: the energy at the end of the path. @param has_along 0: E_along is of no use for charged particles. @param
 * soft_low,soft_high what stage 2 points to. */
typedef struct {
    f32 E, soft;
    f32 log_E;          /* ln(E/cut), at least 0 */
    f32 along, E_along; /* see eot_cascade_vertex */
    u32 rate;           /* place of the bremsstrahlung rate */
    u32 quantile;       /* and of the daughter's energy */
    f32 quantile_fraction;
} eot_step_end;

EOT_FN eot_step_end eot_step_arrive(eot_em_tables t, i32 has_along, f32 E_start, f32 path_X0, f32 ionisation, f32 log_E,
                                    f32 upper, f32 soft_low, f32 soft_high, f32 soft_fraction, i32 state, u32 word_x,
                                    u32 word_y) {
    eot_step_end e;
    i32 is_photon = (state & EOT_STEP_PHOTON) != 0;
    f32 E = E_start - ionisation;
    f32 soft = eot_min(eot_fma(soft_fraction, soft_high - soft_low, soft_low) * t.cut, E);
    e.soft = is_photon ? 0.0f : soft;
    e.E = E - e.soft;
    f32 log_end = eot_log(eot_max(e.E, 1e-6f)) - t.log_cut;
    e.log_E = eot_max(is_photon ? log_E : log_end, 0.0f);
    e.along = (f32)(i32)(((word_x & 0xffu) << 8) | (word_y & 0xffu)) * 1.52587890625e-5f + 7.62939453125e-6f;
    e.E_along = E_start;
    if (has_along) {
        /* how much of the radiation lies before: photons of a spectrum theta/k are the jumps of a Gamma process, whose
         * share has mean a and variance a (1 - a)/(1 + theta path), as has: with probability 1/(1 + theta path) all or
         * nothing, otherwise in proportion. theta = 4/3 per X0 */
        f32 one = 1.0f / eot_fma(EOT_SOFT_THETA, path_X0, 1.0f);
        f32 share = upper < one * e.along ? 1.0f : upper < one ? 0.0f : e.along;
        e.E_along = E_start - e.along * ionisation - share * e.soft;
    }
    i32 i = (i32)(eot_min(e.log_E * t.inverse_log_step, (f32)t.n_energy - 1.001f) + upper);
    i32 medium = EOT_N_MEDIUM == 2 && (state & EOT_STEP_MEDIUM) != 0 ? 1 : 0;
    i32 channel =
        is_photon ? ((state & EOT_STEP_PAIR) != 0 ? EOT_CHANNEL_PAIR : EOT_CHANNEL_COMPTON) : EOT_CHANNEL_BREMS;
    f32 u = eot_uniform(word_y) * (f32)t.n_quantile;
    i32 i_u = (i32)u;
    e.rate = t.node + (u32)(medium * t.n_energy + i) * EOT_EM_N_COLUMN + EOT_EM_CHARGED + EOT_EM_VERTEX;
    e.quantile =
        t.quantile + (u32)((medium * EOT_N_CHANNEL + channel) * t.n_energy + i) * (u32)(t.n_quantile + 1) + (u32)i_u;
    e.quantile_fraction = u - (f32)i_u;
    return e;
}

/** The rare rate of a charged particle is taken at one random point of its path, whose energy the vertex then has. */
EOT_FN f32 eot_step_rare_charged(EOT_GLOBAL const f32 *table, eot_em_tables t, i32 type, f32 E_along, f32 path_0,
                                 f32 path_1) {
    f32 place = eot_em_place(t, eot_log(eot_max(E_along, t.cut)) - t.log_cut);
    i32 i = (i32)place;
    u32 node = t.node + (u32)i * EOT_EM_N_COLUMN + eot_em_rare_column(type);
    f32 rare = eot_em_node(table, node, place - (f32)i) * path_0;
    if (EOT_N_MEDIUM == 2)
        rare = eot_fma(eot_em_node(table, node + (u32)t.n_energy * EOT_EM_N_COLUMN, place - (f32)i), path_1, rare);
    return E_along >= (type == EOT_POSITRON ? t.rare_min[EOT_POSITRON] : t.rare_min[EOT_ELECTRON]) ? rare : 0.0f;
}

/** Stage 4: the vertex. @param rate,low,high what stage 3 points to. */
typedef struct {
    f32 E_a, E_b; /* GeV, daughters; E_a = 0: no interaction, E_b goes on */
    i32 type_a, type_b;
    i32 is_hard;
} eot_step_vertex;

EOT_FN eot_step_vertex eot_step_interact(eot_em_tables t, i32 type, i32 state, f32 E, f32 log_E, f32 free_path,
                                         f32 rate, f32 low, f32 high, f32 quantile_fraction, u32 word_z) {
    eot_step_vertex v;
    i32 is_photon = (state & EOT_STEP_PHOTON) != 0, is_pair = (state & EOT_STEP_PAIR) != 0;
    f32 lower = (f32)(i32)(word_z & 0xffffu) * 1.52587890625e-5f;
    i32 is_real = is_photon | (lower < rate * free_path); /* the rate has fallen since the start of the step */
    v.is_hard = is_real & ((state & (EOT_STEP_LIMITED | EOT_STEP_LEFT)) == 0) & (E >= t.cut);
    f32 q = eot_fma(quantile_fraction, high - low, low);
    f32 photon = eot_exp(eot_fma(
        q, log_E,
        t.log_cut)); /* bremsstrahlung and Compton quantiles are in ln(k/cut)/ln(E/cut), pair quantiles in E+/k */
    f32 first = eot_min(is_pair ? q * E : photon, E);
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
    eot_step_start s = eot_step_begin(t, E_start, type, block);
    eot_step_flight f = eot_step_fly(table, t, E_start, z_start, type, s.log_E, s.upper, s.tau, s.node, s.z, s.w);
    eot_step_end e = eot_step_arrive(t, 1, E_start, f.path_X0, f.ionisation, s.log_E, s.upper, table[f.soft],
                                     table[f.soft + 1], f.soft_fraction, f.state, s.x, s.y);
    eot_step_vertex d = eot_step_interact(t, type, f.state, e.E, e.log_E, f.free_path, table[e.rate], table[e.quantile],
                                          table[e.quantile + 1], e.quantile_fraction, s.z);
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
    if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0 && type != EOT_PHOTON)
        v.rare = eot_step_rare_charged(table, t, type, e.E_along, f.path_0, f.path_1);
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

/* What a step of a lane leaves to the part that is not vectorised. */
#define EOT_LANE_IS_DONE 1
#define EOT_LANE_HAS_HIT 2
#define EOT_LANE_OVERFLOWS 4

/** A rare vertex into its record. */
EOT_FN void eot_vertex_record_store(EOT_GLOBAL eot_vertex_record *record, u32 i_primary, u32 draw, f32 fraction, f32 E,
                                    f32 weight) {
    record->i_primary = i_primary;
    record->draw = draw;
    record->fraction = fraction;
    record->E = E;
    record->weight = weight;
}

/** c.n_iteration steps of the lanes [first, first + EOT_LANE_WIDTH): vertex, choice of the rare vertex, tally,
 * daughters, next particle or next primary. The lighter daughter is followed, the heavier waits on the lane's stack.
 * @param state words of the lanes. @param stack f32, [2][EOT_STACK_DEPTH][n_lane]: E; z with the type in its last two
 * bits. @param track i64, [3 EOT_TRACK_BINS][n_lane] or, of spectra, [3 n_track_bin][n_lane].
 * @param energy E0 of each primary of the batch, and one more. @param vertex forced: one record a primary; analog:
 * [n_slot][n_lane]. */
EOT_FN void eot_lanes_advance(u32 first, EOT_GLOBAL const f32 *table, eot_em_tables t, eot_cascade_parameters c,
                              EOT_GLOBAL const f32 *threshold, EOT_GLOBAL const f32 *energy, EOT_GLOBAL u32 *state,
                              EOT_GLOBAL f32 *stack, EOT_GLOBAL i64 *track, EOT_GLOBAL eot_vertex_record *vertex) {
    /* the lanes */
    f32 E[EOT_LANE_WIDTH], z[EOT_LANE_WIDTH], weight[EOT_LANE_WIDTH], vertex_fraction[EOT_LANE_WIDTH],
        vertex_E[EOT_LANE_WIDTH];
    i32 type[EOT_LANE_WIDTH], depth[EOT_LANE_WIDTH];
    u32 i_primary[EOT_LANE_WIDTH], draw[EOT_LANE_WIDTH], vertex_draw[EOT_LANE_WIDTH], n_hit[EOT_LANE_WIDTH],
        n_step[EOT_LANE_WIDTH];
    /* a step between its stages */
    u32 x[EOT_LANE_WIDTH], y[EOT_LANE_WIDTH], zz[EOT_LANE_WIDTH], w[EOT_LANE_WIDTH], node[EOT_LANE_WIDTH],
        soft[EOT_LANE_WIDTH], rate[EOT_LANE_WIDTH], quantile[EOT_LANE_WIDTH], top[EOT_LANE_WIDTH],
        place[EOT_LANE_WIDTH];
    f32 log_start[EOT_LANE_WIDTH], upper[EOT_LANE_WIDTH], tau[EOT_LANE_WIDTH], z_end[EOT_LANE_WIDTH],
        path_X0[EOT_LANE_WIDTH], ionisation[EOT_LANE_WIDTH], rare[EOT_LANE_WIDTH], free_path[EOT_LANE_WIDTH],
        path_0[EOT_LANE_WIDTH], path_1[EOT_LANE_WIDTH], soft_fraction[EOT_LANE_WIDTH], E_end[EOT_LANE_WIDTH],
        log_end[EOT_LANE_WIDTH], along[EOT_LANE_WIDTH], E_along[EOT_LANE_WIDTH], quantile_fraction[EOT_LANE_WIDTH],
        E_high[EOT_LANE_WIDTH], E_low[EOT_LANE_WIDTH];
    i32 type_high[EOT_LANE_WIDTH], type_low[EOT_LANE_WIDTH], flight[EOT_LANE_WIDTH], event[EOT_LANE_WIDTH];
    EOT_GLOBAL f32 *stack_z = stack + (u32)EOT_STACK_DEPTH * c.n_lane;
    u32 n = c.n_lane, first_low = (u32)c.first_primary, first_high = (u32)(c.first_primary >> 32);
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        u32 g = first + l;
        E[l] = eot_f32_from_bits(state[EOT_LANE_E * n + g]);
        z[l] = eot_f32_from_bits(state[EOT_LANE_Z * n + g]);
        type[l] = (i32)state[EOT_LANE_TYPE * n + g];
        depth[l] = (i32)state[EOT_LANE_DEPTH * n + g];
        i_primary[l] = state[EOT_LANE_I_PRIMARY * n + g];
        draw[l] = state[EOT_LANE_DRAW * n + g];
        weight[l] = eot_f32_from_bits(state[EOT_LANE_WEIGHT * n + g]);
        vertex_draw[l] = state[EOT_LANE_VERTEX_DRAW * n + g];
        vertex_fraction[l] = eot_f32_from_bits(state[EOT_LANE_VERTEX_FRACTION * n + g]);
        vertex_E[l] = eot_f32_from_bits(state[EOT_LANE_VERTEX_E * n + g]);
        n_hit[l] = state[EOT_LANE_N_HIT * n + g];
        n_step[l] = state[EOT_LANE_N_STEP * n + g];
    }
    const i32 has_along = ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) |
                          (EOT_TRACK_TALLY != EOT_TRACK_NONE); /* does anybody ask for a charged particle's E_along? */
    for (u32 iteration = 0; iteration < c.n_iteration; iteration++) {
        i32 any_event = 0;
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            u32 low = first_low + i_primary[l],
                high = first_high + (low < first_low ? 1u : 0u); /* a sum of 64 bits, in words */
            eot_u32x4 block = eot_philox(low, high, (u32)EOT_STAGE_CASCADE << 24, draw[l], c.seed, c.run);
            x[l] = block.x;
            y[l] = block.y;
            zz[l] = block.z;
            w[l] = block.w;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_u32x4 block;
            block.x = x[l];
            block.y = y[l];
            block.z = zz[l];
            block.w = w[l];
            eot_step_start s = eot_step_begin(t, E[l], type[l], block);
            log_start[l] = s.log_E;
            upper[l] = s.upper;
            tau[l] = s.tau;
            node[l] = s.node;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_step_flight f =
                eot_step_fly(table, t, E[l], z[l], type[l], log_start[l], upper[l], tau[l], node[l], zz[l], w[l]);
            z_end[l] = f.z;
            path_X0[l] = f.path_X0;
            if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) {
                path_0[l] = f.path_0;
                path_1[l] = f.path_1;
            }
            ionisation[l] = f.ionisation;
            rare[l] = f.rare;
            free_path[l] = f.free_path;
            soft[l] = f.soft;
            soft_fraction[l] = f.soft_fraction;
            flight[l] = f.state;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_step_end e =
                eot_step_arrive(t, has_along, E[l], path_X0[l], ionisation[l], log_start[l], upper[l],
                                (table + soft[l])[0], (table + soft[l])[1], soft_fraction[l], flight[l], x[l], y[l]);
            E_end[l] = e.E;
            log_end[l] = e.log_E;
            along[l] = e.along;
            E_along[l] = e.E_along;
            rate[l] = e.rate;
            quantile[l] = e.quantile;
            quantile_fraction[l] = e.quantile_fraction;
            u32 bottom = first + l, above = (u32)depth[l] * n + bottom; /* of the stack */
            top[l] = depth[l] > 0 ? above - n : bottom;
            place[l] = above;
        }
        if ((EOT_RARE_PARENTS & EOT_RARE_CHARGED) != 0) {
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
                if (type[l] != EOT_PHOTON)
                    rare[l] = eot_step_rare_charged(table, t, type[l], E_along[l], path_0[l], path_1[l]);
                /* a charged particle's losses depend on w, and the choice may depend on nothing of the shower */
                u64 primary = c.first_primary + i_primary[l];
                w[l] =
                    eot_philox((u32)primary, (u32)(primary >> 32), (u32)EOT_STAGE_RARE << 24, draw[l], c.seed, c.run).x;
            }
        }
        if (EOT_TRACK_TALLY != EOT_TRACK_NONE) {
            for (u32 l = 0; l < EOT_LANE_WIDTH; l++) { /* the whole path, at the energy of one random point of it */
                i32 bin;
                if (EOT_TRACK_TALLY == EOT_TRACK_SPECTRUM) { /* the nearer of its two nodes is the likelier */
                    f32 at = eot_fma(eot_log(eot_max(E_along[l], 1e-6f)) - c.track_log_first, c.track_inverse_log_step,
                                     eot_uniform(y[l]));
                    i32 last = c.n_track_bin - 1, i = (i32)at;
                    bin = type[l] * c.n_track_bin + (at < 0.0f ? last : i < last ? i : last - 1);
                } else { /* above the highest threshold that it exceeds */
                    i32 i = E_along[l] >= threshold[3] ? 4 : 0;
                    i += E_along[l] >= threshold[i + 1] ? 2 : 0;
                    i += E_along[l] >= threshold[i] ? 1 : 0;
                    bin = type[l] * EOT_TRACK_BINS + i;
                }
                if (i_primary[l] < c.n_primary)
                    track[(u32)bin * n + first + l] += (i64)(path_X0[l] * EOT_TRACK_QUANTUM + 0.5f);
            }
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            eot_step_vertex v =
                eot_step_interact(t, type[l], flight[l], E_end[l], log_end[l], free_path[l], table[rate[l]],
                                  (table + quantile[l])[0], (table + quantile[l])[1], quantile_fraction[l], zz[l]);
            i32 a_is_high = v.E_a > v.E_b;
            E_high[l] = a_is_high ? v.E_a : v.E_b;
            E_low[l] = a_is_high ? v.E_b : v.E_a;
            type_high[l] = a_is_high ? v.type_a : v.type_b;
            type_low[l] = a_is_high ? v.type_b : v.type_a;
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            /* every array is read once, here: a read in one arm of a choice would become a read through a chosen
             * address */
            f32 rare_now = rare[l], weight_now = weight[l], z_at = z_end[l], along_at = along[l], E_at = E_along[l],
                fraction_now = vertex_fraction[l], vertex_E_now = vertex_E[l], high = E_high[l], small = E_low[l];
            i32 type_now = type[l], depth_now = depth[l], has_left = (flight[l] & EOT_STEP_LEFT) != 0,
                high_type = type_high[l], low_type = type_low[l];
            u32 draw_now = draw[l], word = w[l], vertex_draw_now = vertex_draw[l];
            i32 is_busy =
                (i32)i_primary[l] < (i32)c.n_primary; /* idle lanes go on with any energy: nothing of them counts */
            /* the rare vertex: forced, one of the shower's, in proportion to the local rate; analog, a Bernoulli trial
             * on 31 bits */
            f32 total = weight_now + rare_now;
            i32 is_reached = eot_uniform(word) * total > weight_now,
                is_hit = (f32)(i32)(word >> 1) + 0.5f < rare_now * c.enhancement * 2147483648.0f;
            i32 is_chosen = is_busy & (rare_now > 0.0f) & (c.is_forced ? is_reached : is_hit);
            weight[l] = total;
            vertex_draw[l] = is_chosen ? draw_now | (u32)type_now << EOT_RECORD_TYPE_SHIFT : vertex_draw_now;
            vertex_fraction[l] = is_chosen ? along_at : fraction_now;
            vertex_E[l] = is_chosen ? E_at : vertex_E_now;
            /* daughters */
            i32 both = small >= t.cut, one = (high >= t.cut) & !has_left;
            i32 overflows = both & (depth_now >= EOT_STACK_DEPTH - 1), pops = !one & (depth_now > 0),
                is_done = is_busy & !one & (depth_now == 0);
            f32 popped_E = stack[top[l]];
            u32 popped = eot_f32_bits(stack_z[top[l]]);
            stack[place[l]] = high;
            stack_z[place[l]] = eot_f32_from_bits((eot_f32_bits(z_at) & ~3u) | (u32)high_type);
            f32 E_on = both ? small : high;
            i32 type_on = both ? low_type : high_type;
            E[l] = one ? E_on : popped_E;
            z[l] = one ? z_at : eot_f32_from_bits(popped & ~3u);
            type[l] = one ? type_on : (i32)(popped & 3u);
            depth[l] = depth_now + (both & !overflows) - pops;
            draw[l] = draw_now + 1u;
            n_step[l] += (u32)is_busy;
            i32 events = is_done * EOT_LANE_IS_DONE + (is_chosen & !c.is_forced) * EOT_LANE_HAS_HIT +
                         (is_busy & overflows) * EOT_LANE_OVERFLOWS;
            event[l] = events;
            any_event |= events;
        }
        if (any_event == 0) continue;
        i32 is_full = 0; /* a lane without place for another vertex: the host takes them first */
        for (u32 l = 0; l < EOT_LANE_WIDTH && (c.is_forced || any_event != EOT_LANE_IS_DONE); l++) {
            if ((event[l] & EOT_LANE_OVERFLOWS) != 0) state[EOT_LANE_N_OVERFLOW * n + first + l]++;
            if ((event[l] & EOT_LANE_HAS_HIT) != 0) {
                eot_vertex_record_store(vertex + n_hit[l] * n + first + l, i_primary[l], vertex_draw[l],
                                        vertex_fraction[l], vertex_E[l], 1.0f / c.enhancement);
                n_hit[l]++;
                is_full |= n_hit[l] == c.n_slot;
            }
            if (c.is_forced && (event[l] & EOT_LANE_IS_DONE) != 0)
                eot_vertex_record_store(vertex + i_primary[l], i_primary[l], vertex_draw[l], vertex_fraction[l],
                                        vertex_E[l], weight[l]);
        }
        /* the lanes' next primaries; one past the end is padding, with energy */
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            i32 next = (i32)(i_primary[l] + n);
            next = next < (i32)c.n_primary ? next : (i32)c.n_primary;
            i_primary[l] = (event[l] & EOT_LANE_IS_DONE) != 0 ? (u32)next : i_primary[l];
        }
        EOT_EACH_LANE
        for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
            i32 is_new = (event[l] & EOT_LANE_IS_DONE) != 0;
            f32 E_new = energy[i_primary[l]], E_now = E[l], z_now = z[l], weight_now = weight[l];
            i32 type_now = type[l], depth_now = depth[l];
            u32 draw_now = draw[l];
            E[l] = is_new ? E_new : E_now;
            z[l] = is_new ? 0.0f : z_now;
            type[l] = is_new ? c.primary_type : type_now;
            depth[l] = is_new ? 0 : depth_now;
            draw[l] = is_new ? 0u : draw_now;
            weight[l] = is_new ? 0.0f : weight_now;
        }
        if (is_full) break;
    }
    for (u32 l = 0; l < EOT_LANE_WIDTH; l++) {
        u32 g = first + l;
        state[EOT_LANE_E * n + g] = eot_f32_bits(E[l]);
        state[EOT_LANE_Z * n + g] = eot_f32_bits(z[l]);
        state[EOT_LANE_TYPE * n + g] = (u32)type[l];
        state[EOT_LANE_DEPTH * n + g] = (u32)depth[l];
        state[EOT_LANE_I_PRIMARY * n + g] = i_primary[l];
        state[EOT_LANE_DRAW * n + g] = draw[l];
        state[EOT_LANE_WEIGHT * n + g] = eot_f32_bits(weight[l]);
        state[EOT_LANE_VERTEX_DRAW * n + g] = vertex_draw[l];
        state[EOT_LANE_VERTEX_FRACTION * n + g] = eot_f32_bits(vertex_fraction[l]);
        state[EOT_LANE_VERTEX_E * n + g] = eot_f32_bits(vertex_E[l]);
        state[EOT_LANE_N_HIT * n + g] = n_hit[l];
        state[EOT_LANE_N_STEP * n + g] = n_step[l];
    }
}

#endif
