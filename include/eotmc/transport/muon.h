/** @file muon.h
 * One step of a muon through the voxel grid: to the next hard event, the boundary of a volume, or the longest step
 * allowed, whichever comes first.
 *
 * Layers. Within one volume a step runs on through the layers ahead: each layer costs its thickness, its rate and a few
 * sums (a dozen instructions), and what fluctuates (straggling, soft scattering) is drawn once, at the end, from the
 * sums, which is the same distribution: collisions are independent, so the straggling of two layers of one kind is that
 * of one of their total xi, and soft scattering is Gaussian with the variances of angle and displacement and their
 * covariance summed layer by layer. The loss is drawn apart for active and passive layers, so the visible energy of the
 * step is known.
 *
 * Mixed simulation. Everything discrete is one exponential clock: hard bremsstrahlung, pair production and photonuclear
 * losses above v_cut, delta rays above W_cut, elastic scatters above q_cut, decay in flight. The optical depth left to
 * the next event is carried in the muon (`clock`), so that a step without an event draws nothing for it, and crossing a
 * boundary changes only the rate at which the clock runs. In between the loss is continuous: its mean, and its
 * fluctuation below the delta cut from the quantiles of Vavilov's distribution. Soft scattering is Gaussian with the
 * exact restricted second moment, the displacement correlated with the angle (variance s^2 sigma^2/3, correlation
 * sqrt(3)/2; Rossi, "High-Energy Particles" (1952), sec. 2.16).
 *
 * Approximations: the event rate is the one at the start of a step, whose mean loss is at most `largest_loss` of the
 * kinetic energy; no deflection by radiative losses; energy given to delta rays, photons and pairs leaves the muon at
 * the event and is not transported here (the step returns it by kind). Visible energy: a delta ray of some MeV leaves a
 * thin layer, others enter it from its neighbours. In active layers between others what is seen has the mean of the
 * loss there, but fluctuates as single transfers up to 1 MeV do (inverse_layer_cut), about what an electron can leave
 * in 4 mm of scintillator; the muon's own loss fluctuates in full. In homogeneous active volumes what is lost below the
 * delta cut is seen where it is lost. The decay is unpolarised, its electron massless; a captured mu- gives all its
 * rest energy to the neutrino and the nucleus (returned as `neutrino`).
 *
 * Energy: T before + rest = T after + ionisation + shower + hadronic + electron + neutrino, where each term is a
 * difference of two stored kinetic energies (float differences, exact unless the loss exceeds half of T); `rest` is the
 * rest energy that a decay sets free, 0 otherwise. */
#ifndef EOT_TRANSPORT_MUON_H
#define EOT_TRANSPORT_MUON_H

#include "eotmc/geometry/grid.h"
#include "eotmc/math/random.h"
#include "eotmc/physics/muon_tables.h"

enum eot_muon_fate {
    EOT_MUON_ALIVE = 0,
    EOT_MUON_STOPPED = 1, /* below stop_kinetic; its decay at rest, if on, is in the same step */
    EOT_MUON_DECAYED = 2, /* in flight */
    EOT_MUON_ESCAPED = 3, /* left the world */
    EOT_MUON_STUCK = 4,   /* fault: EOT_MUON_MAX_STALL steps without progress */
    EOT_MUON_NAN = 5      /* fault: an energy or a path that is not a number */
};
#define EOT_MUON_MAX_STALL 32

/** A muon in flight. Keeps its voxel, so that no step searches the grid. */
typedef struct {
    eot_point position;  /* cm */
    eot_vec3 direction;  /* unit vector */
    real kinetic_energy; /* GeV */
    real time;           /* ns */
    real clock;          /* optical depth left to the next hard event */
    i32 charge;          /* +1 or -1 */
    i32 i_x, i_y, i_z;   /* voxel */
    i32 region;          /* region of that voxel */
    i32 fate;            /* enum eot_muon_fate */
    i32 n_stall;         /* consecutive steps without progress */
} eot_muon;

/** What one step did. */
typedef struct {
    eot_muon muon;     /* after the step */
    eot_random random; /* advanced cursor */
    real path;         /* cm */
    real ionisation;   /* continuous loss, deposited along the step, and the last energy of a stopped muon [GeV] */
    real visible;  /* the part of `ionisation` seen in active constituents of the region that the step was in [GeV] */
    real shower;   /* electromagnetic: delta ray, bremsstrahlung photon or pair, at the end of the step [GeV] */
    real hadronic; /* photonuclear, at the end of the step [GeV] */
    real electron; /* electron of a decay [GeV] */
    real neutrino; /* neutrinos of a decay, and all of a capture [GeV] */
    real rest;     /* rest energy set free by a decay [GeV] */
    i32 region;    /* region that the step was in (muon.region is the one it enters) */
    i32 process;   /* enum eot_muon_process; EOT_MUON_NO_EVENT without a hard event */
    i32 event_active; /* 1 if the event happened in an active constituent */
    i32 axis;         /* 0, 1, 2: crossed a voxel boundary along x, y, z; -1: did not */
} eot_muon_step;

/** A muon placed in the grid. @param position [cm]. @param direction unit vector. @param kinetic_energy [GeV]. @param
 * time [ns]. @param charge +1 or -1.
 * @param bits 32 random bits for its clock. @return the muon, fate EOT_MUON_ESCAPED if it starts outside the world. */
EOT_FN eot_muon eot_muon_start(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_grid *grid,
                               EOT_GLOBAL const u32 *voxel, eot_point position, eot_vec3 direction, real kinetic_energy,
                               real time, i32 charge, u32 bits) {
    eot_muon m;
    m.position = position;
    m.direction = direction;
    m.kinetic_energy = kinetic_energy;
    m.time = time;
    m.clock = -eot_log(eot_uniform(bits));
    m.charge = charge;
    m.i_x = eot_grid_cell(table + grid->edges_x, grid->n_x, position.x);
    m.i_y = eot_grid_cell(table + grid->edges_y, grid->n_y, position.y);
    m.i_z = eot_grid_cell(table + grid->edges_z, grid->n_z, position.z);
    m.n_stall = 0;
    m.region = 0;
    i32 inside = m.i_x >= 0 && m.i_x < grid->n_x && m.i_y >= 0 && m.i_y < grid->n_y && m.i_z >= 0 && m.i_z < grid->n_z;
    m.fate = inside ? EOT_MUON_ALIVE : EOT_MUON_ESCAPED;
    if (inside) m.region = (i32)voxel[grid->voxels + (u32)((m.i_z * grid->n_y + m.i_y) * grid->n_x + m.i_x)];
    return m;
}

/** One row of the tables, interpolated linearly in T. */
typedef struct {
    real loss, loss_slope, rate, kick, xi, inverse_cut, variance;
    u32 i; /* its index: row of the shares */
} eot_muon_row;
EOT_FN eot_muon_row eot_muon_row_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, i32 material,
                                    real kinetic_energy) {
    eot_octave_cell c = eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_ROW_SHIFT, EOT_MUON_N_ROW);
    EOT_GLOBAL const f32 *a = table + tables->rows + ((u32)material * EOT_MUON_N_ROW + c.i) * EOT_MUON_N_COLUMN;
    EOT_GLOBAL const f32 *b = a + EOT_MUON_N_COLUMN;
    eot_muon_row r;
    r.loss = eot_lerp(a[EOT_MUON_LOSS], b[EOT_MUON_LOSS], c.t);
    /* a row 2^-10 GeV 2^(i/16) spans 1/16 of its octave, 2^-k GeV: the reciprocal of a power of two by its exponent */
    real inverse_width =
        (real)eot_f32_from_bits(0x7f000000u - ((EOT_MUON_FIRST_BITS + (c.i << EOT_MUON_ROW_SHIFT)) & 0x7f800000u)) *
        R(16.0);
    r.loss_slope = ((real)b[EOT_MUON_LOSS] - (real)a[EOT_MUON_LOSS]) * inverse_width;
    r.rate = eot_lerp(a[EOT_MUON_RATE], b[EOT_MUON_RATE], c.t);
    r.kick = eot_lerp(a[EOT_MUON_KICK], b[EOT_MUON_KICK], c.t);
    r.xi = eot_lerp(a[EOT_MUON_XI], b[EOT_MUON_XI], c.t);
    r.inverse_cut = eot_lerp(a[EOT_MUON_INVERSE_CUT], b[EOT_MUON_INVERSE_CUT], c.t);
    r.variance = eot_lerp(a[EOT_MUON_VARIANCE], b[EOT_MUON_VARIANCE], c.t);
    r.i = c.i;
    return r;
}

/** What a region does to a muon per cm of path: sums over its constituents; losses apart for active and passive ones.
 */
typedef struct {
    real rate, kick, loss, slope;    /* slope: d loss/dT */
    real active_loss, active_xi, xi; /* of the active constituents; xi of all */
    real inverse_cut;                /* the same in all materials of a density above 0 */
    real active_variance, variance;
    i32 is_thin; /* active layers between others */
    u32 i;
} eot_muon_medium;
EOT_FN eot_muon_medium eot_muon_medium_at(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                          EOT_GLOBAL const eot_region *region, real kinetic_energy) {
    eot_muon_medium m;
    m.rate = m.kick = m.loss = m.slope = m.active_loss = m.active_xi = m.xi = m.inverse_cut = m.active_variance =
        m.variance = R(0.0);
    m.i = 0u;
    m.is_thin = 0;
    i32 i = 0;
    do {
        eot_muon_row r = eot_muon_row_at(table, tables, region->material[i], kinetic_energy);
        real f = (real)region->fraction[i], seen = region->active[i] != 0 ? f : R(0.0);
        m.rate = fma(f, r.rate, m.rate);
        m.kick = fma(f, r.kick, m.kick);
        m.loss = fma(f, r.loss, m.loss);
        m.slope = fma(f, r.loss_slope, m.slope);
        m.xi = fma(f, r.xi, m.xi);
        m.variance = fma(f, r.variance, m.variance);
        m.active_loss = fma(seen, r.loss, m.active_loss);
        m.active_xi = fma(seen, r.xi, m.active_xi);
        m.active_variance = fma(seen, r.variance, m.active_variance);
        m.inverse_cut = fmax(m.inverse_cut, r.inverse_cut);
        m.i = r.i;
        m.is_thin = region->active[i] > 1 ? 1 : m.is_thin;
        i++;
    } while (i < region->n_constituent);
    return m;
}

/** Quantile of (loss - mean)/xi of Vavilov's distribution with small maximum loss: linear between rows of kappa and
 * points of the tail probability.
 * @param u 0 < u < 1. @param kappa xi over the largest single loss; above 2^6 the row of 2^6 (Gaussian to 2 %) scaled;
 * below 2^-12, which only gases reach, the row of 2^-12: a loss of some xi, 0.1 keV in a centimetre of gas, off in its
 * mode. */
EOT_FN real eot_muon_straggle(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, real kappa,
                              real u) {
    eot_octave_cell k = eot_octave_find(kappa, EOT_MUON_KAPPA_BITS, EOT_MUON_KAPPA_SHIFT, EOT_MUON_N_KAPPA);
    u32 upper = u > R(0.5) ? 1u : 0u;
    eot_octave_cell c =
        eot_octave_find(upper != 0u ? R(1.0) - u : u, EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
    EOT_GLOBAL const f32 *a = table + tables->straggling_table + (k.i * 2u + upper) * EOT_MUON_N_TAIL + c.i;
    EOT_GLOBAL const f32 *b = a + 2 * EOT_MUON_N_TAIL;
    real low = eot_lerp(a[0], a[1], c.t), high = eot_lerp(b[0], b[1], c.t);
    real thick = kappa > R(64.0) ? R(8.0) / sqrt(kappa) : R(1.0);
    return fma(k.t, high - low, low) * thick;
}

/** Continuous loss with given mean and variance and nothing else: J. Baro et al., PENELOPE, NIM B 100 (1995) 31, sec.
 * on energy straggling: Gaussian for small variance, then uniform, then uniform with a probability of no loss. @param g
 * standard normal number, used in the first case, u in the others. */
EOT_FN real eot_muon_moments_loss(real mean, real variance, real u, real g) {
    real m2 = mean * mean;
    if (m2 > R(9.0) * variance) return fma(fmin(fmax(g, R(-3.0)), R(3.0)) * R(1.015387), sqrt(variance), mean);
    if (m2 > R(3.0) * variance) return fma(sqrt(R(3.0) * variance), R(2.0) * u - R(1.0), mean);
    real none = (R(3.0) * variance - m2) / (R(3.0) * variance + R(3.0) * m2); /* probability of no loss */
    real largest = (R(3.0) * variance + R(3.0) * m2) / (R(2.0) * mean);
    return u < none ? R(0.0) : largest * (u - none) / (R(1.0) - none);
}

/** Continuous loss with its fluctuation [GeV]. @param mean [GeV]. @param xi [GeV]. @param variance [GeV^2]. @param bits
 * two words of random bits. */
EOT_FN real eot_muon_continuous(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, real mean,
                                real xi, real inverse_cut, real variance, u32 bits, u32 more_bits) {
    if (tables->straggling == EOT_MUON_STRAGGLING_OFF || !(xi > R(0.0))) return mean;
    real u = eot_uniform(bits);
    if (tables->straggling == EOT_MUON_STRAGGLING_MOMENTS)
        return eot_muon_moments_loss(mean, variance, u, eot_normal(bits, more_bits).a);
    return fmax(fma(xi, eot_muon_straggle(table, tables, xi * inverse_cut, u), mean), R(0.0));
}

/** Energy given away in a hard event, from the inverse of its tail probability; between two rows of T one is chosen at
 * random, so the mean is interpolated. Delta rays: ln(W/W_cut)/ln(W_max/W_cut) is tabulated, others: ln v. @param share
 * bits that choose the row. @return energy [GeV], at most T. */
EOT_FN real eot_muon_loss(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables, i32 material,
                          i32 process, real kinetic_energy, real u, real choose) {
    eot_octave_cell r =
        eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_LOSS_ROW_SHIFT, EOT_MUON_N_LOSS_ROW);
    u32 row = r.i + (choose < r.t ? 1u : 0u);
    eot_octave_cell c = eot_octave_find(u, EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
    EOT_GLOBAL const f32 *a = table + tables->losses +
                              (((u32)material * 4u + (u32)process) * EOT_MUON_N_LOSS_ROW + row) * EOT_MUON_N_TAIL + c.i;
    real x = eot_lerp(a[0], a[1], c.t);
    if (process == EOT_MUON_DELTA) {
        eot_octave_cell f = eot_octave_find(kinetic_energy, EOT_MUON_FIRST_BITS, EOT_MUON_ROW_SHIFT, EOT_MUON_N_ROW);
        EOT_GLOBAL const f32 *b =
            table + tables->rows + ((u32)material * EOT_MUON_N_ROW + f.i) * EOT_MUON_N_COLUMN + EOT_MUON_HIGHEST_DELTA;
        real highest = eot_lerp(b[0], b[EOT_MUON_N_COLUMN], f.t);
        EOT_GLOBAL const f32 *k = table + tables->materials + (u32)material * EOT_MUON_N_CONSTANT;
        real cut = fmax((real)k[EOT_MUON_DELTA_CUT], (real)k[EOT_MUON_DELTA_SHARE] * kinetic_energy);
        return fmin(cut * eot_exp(x * highest), kinetic_energy);
    }
    return fmin((kinetic_energy + EOT_M_MUON) * eot_exp(x), kinetic_energy);
}

/** Electron energy over its maximum (m/2) in a muon decay at rest, density 2 x^2 (3 - 2 x) = 2/3 [3 x^2] + 1/3 [12 x^2
 * (1 - x)]: the largest of three uniform numbers, or the second largest of four (Michel spectrum without electron mass
 * and polarisation; L. Michel, Proc. Phys. Soc. A 63 (1950) 514). */
EOT_FN real eot_muon_michel(eot_u32x4 b, u32 choose) {
    real u = eot_uniform(b.x), v = eot_uniform(b.y), w = eot_uniform(b.z), z = eot_uniform(b.w);
    real high = fmax(u, v), low = fmin(u, v);
    real high2 = fmax(w, z), low2 = fmin(w, z);
    real second = high > high2 ? fmax(low, high2) : fmax(low2, high);
    return choose < 2863311531u ? fmax(high, w) : second;
}

/** Direction and displacement after a path in a homogeneous field. */
typedef struct {
    eot_vec3 direction, moved;
} eot_helix;

/** Exact helix (Rodrigues' rotation): du/ds = u x b. @param b charge 0.003 B/p [1/cm]. @param path [cm], |b| path below
 * 0.5 for float accuracy of the series. @return unit direction; the momentum's magnitude does not enter, so it is
 * conserved exactly. */
EOT_FN eot_helix eot_helix_moved(eot_vec3 u, eot_vec3 b, real path) {
    real turn2 = eot_vec3_dot(b, b) * path * path; /* square of the angle */
    real sin_a = fma(turn2, fma(turn2, fma(turn2, R(-1.98412698e-4), R(8.33333333e-3)), R(-1.66666667e-1)),
                     R(1.0)); /* sin(a)/a */
    real cos_a = fma(turn2, fma(turn2, fma(turn2, R(-2.48015873e-5), R(1.38888889e-3)), R(-4.16666667e-2)),
                     R(0.5));                                                                    /* (1 - cos a)/a^2 */
    real third = fma(turn2, fma(turn2, R(-1.98412698e-4), R(8.33333333e-3)), R(-1.66666667e-1)); /* (sin a - a)/a^3 */
    eot_vec3 n = eot_vec3_scaled(b, path);
    eot_vec3 c, cc; /* u x n, (u x n) x n */
    c.x = u.y * n.z - u.z * n.y;
    c.y = u.z * n.x - u.x * n.z;
    c.z = u.x * n.y - u.y * n.x;
    cc.x = c.y * n.z - c.z * n.y;
    cc.y = c.z * n.x - c.x * n.z;
    cc.z = c.x * n.y - c.y * n.x;
    eot_helix h;
    h.direction.x = fma(cos_a, cc.x, fma(sin_a, c.x, u.x));
    h.direction.y = fma(cos_a, cc.y, fma(sin_a, c.y, u.y));
    h.direction.z = fma(cos_a, cc.z, fma(sin_a, c.z, u.z));
    h.direction = eot_vec3_unit(h.direction);
    h.moved.x = path * fma(-third, cc.x, fma(cos_a, c.x, u.x));
    h.moved.y = path * fma(-third, cc.y, fma(cos_a, c.y, u.y));
    h.moved.z = path * fma(-third, cc.z, fma(cos_a, c.z, u.z));
    return h;
}

/** Share of the path in active constituents. */
EOT_FN real eot_muon_active_share(EOT_GLOBAL const eot_region *region) {
    real share = R(0.0);
    for (i32 i = 0; i < region->n_constituent; i++)
        share += region->active[i] != 0 ? (real)region->fraction[i] : R(0.0);
    return share;
}

/** Capture rate of a stopped mu- [1/ns], mean over the constituents' paths. */
EOT_FN real eot_muon_capture_rate(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                  EOT_GLOBAL const eot_region *region) {
    real rate = R(0.0);
    for (i32 i = 0; i < region->n_constituent; i++)
        rate =
            fma((real)region->fraction[i],
                (real)table[tables->materials + (u32)region->material[i] * EOT_MUON_N_CONSTANT + EOT_MUON_CAPTURE_RATE],
                rate);
    return rate;
}

#define EOT_MUON_MOST_LAYERS 64 /* layers a step runs through at most */

/** Soft scattering at the end of a step: variances of angle and displacement and their covariance, times p^2 beta^2. */
typedef struct {
    real angle2, cross2, aside2;
} eot_muon_scatter;

/** After a path P of which the intervals x_0..x_1 lie in another medium: integrals of the kick times 1, P - x, (P -
 * x)^2.
 * @param kick, kick_other [GeV^2/cm]. @param path P [cm]. @param other1, other2, other3 sums over those intervals of
 * x_1^n - x_0^n [cm^n]. */
EOT_FN eot_muon_scatter eot_muon_scatter_after(real kick, real kick_other, real path, real other1, real other2,
                                               real other3) {
    real more = kick_other - kick, path2 = path * path;
    real first = R(0.5) * fma(more, other2, kick * path2);
    real second = R(0.3333333333333333) * fma(more, other3, kick * path2 * path);
    eot_muon_scatter a;
    a.angle2 = fma(more, other1, kick * path);
    a.cross2 = fma(path, a.angle2, -first);
    a.aside2 = fma(path2, a.angle2, fma(R(-2.0) * path, first, second));
    return a;
}

/** One step. @param table, voxel the f32 and u32 table buffers. @param tables, grid, regions as packed by the host.
 * @param muon alive. @param random its cursor. @return see eot_muon_step; the muon's fate says whether to go on. Draws:
 * 1 block a step, 1 more at an event or where both active and passive matter was crossed, up to 3 at the end of life.
 */
EOT_FN eot_muon_step eot_muon_advance(EOT_GLOBAL const f32 *table, EOT_GLOBAL const eot_muon_tables *tables,
                                      EOT_GLOBAL const eot_grid *grid, EOT_GLOBAL const eot_region *regions,
                                      EOT_GLOBAL const u32 *voxel, eot_muon muon, eot_random random) {
    eot_muon_step out;
    i32 first = muon.region, second = first; /* the kinds of layers that the step meets: at most two */
    EOT_GLOBAL const eot_region *region = regions + first;
    eot_vec3 u = muon.direction;
    real kinetic = muon.kinetic_energy;
    out.ionisation = out.visible = out.shower = out.hadronic = out.electron = out.neutrino = out.rest = R(0.0);
    out.process = EOT_MUON_NO_EVENT;
    out.event_active = 0;
    out.axis = -1;

    eot_muon_medium medium = eot_muon_medium_at(table, tables, region, kinetic), other = medium;
    real p2 = kinetic * (kinetic + R(2.0) * EOT_M_MUON);
    real decay_rate = (real)tables->decay_rate / sqrt(p2);

    /* how far to the voxel's boundaries */
    i32 up_x = u.x > R(0.0) ? 1 : 0, up_y = u.y > R(0.0) ? 1 : 0, up_z = u.z > R(0.0) ? 1 : 0;
    f64 edge_x = (f64)table[grid->edges_x + (u32)(muon.i_x + up_x)];
    f64 edge_y = (f64)table[grid->edges_y + (u32)(muon.i_y + up_y)];
    f32 edge_z = table[grid->edges_z + (u32)(muon.i_z + up_z)];
    const real far = R(1.0e30);
    real to_x = u.x != R(0.0) ? fmax((real)(edge_x - muon.position.x) / u.x, R(0.0)) : far;
    real to_y = u.y != R(0.0) ? fmax((real)(edge_y - muon.position.y) / u.y, R(0.0)) : far;
    real inverse_z = u.z != R(0.0) ? R(1.0) / u.z : far;
    real to_z = u.z != R(0.0) ? fmax((real)((f64)edge_z - muon.position.z) / u.z, R(0.0)) : far;
    real to_side = fmin(to_x, to_y);
    i32 side_axis = to_x < to_y ? 0 : 1;
    real to_limit = fmin((real)region->max_step, (real)tables->largest_loss * kinetic / fmax(medium.loss, R(1.0e-30)));
    real field2 = (real)(region->field_x * region->field_x + region->field_y * region->field_y +
                         region->field_z * region->field_z);
    eot_vec3 bend;
    bend.x = bend.y = bend.z = R(0.0);

    i32 is_event = 0, axis = -1; /* axis of the boundary that ends the step */
    if (field2 > R(0.0)) {
        real k = (real)muon.charge * EOT_BEND / sqrt(p2);
        bend.x = k * (real)region->field_x;
        bend.y = k * (real)region->field_y;
        bend.z = k * (real)region->field_z;
        to_limit = fmin(to_limit, R(0.2) / (EOT_BEND * sqrt(field2 / p2))); /* bend by at most 0.2 rad */
        real to_boundary = fmin(to_side, to_z);
        i32 curved = to_boundary == to_z ? 2 : side_axis; /* axis of the boundary ahead */
        if (to_boundary > R(0.0) && to_boundary < to_limit) {
            /* the curved path to the boundary: one Newton step from the straight one; where that is no small
             * correction, no crossing yet */
            eot_helix h = eot_helix_moved(u, bend, to_boundary);
            real there = curved == 2 ? h.moved.z : curved == 0 ? h.moved.x : h.moved.y;
            real speed = curved == 2 ? h.direction.z : curved == 0 ? h.direction.x : h.direction.y;
            real wanted = (real)(curved == 2   ? (f64)edge_z - muon.position.z
                                 : curved == 0 ? edge_x - muon.position.x
                                               : edge_y - muon.position.y);
            real more = fabs(speed) > R(1.0e-6) ? (wanted - there) / speed : to_boundary;
            if (fabs(more) < R(0.2) * to_boundary) {
                to_z = curved == 2 ? to_z + more : far;
                to_side = curved == 2 ? far : to_side + more;
            } else {
                to_limit = to_boundary;
                to_z = to_side = far;
            }
        }
    }
    /* whole layers first: those that end before the event, the side and the limit */
    EOT_GLOBAL const u32 *column = voxel + grid->voxels + (u32)(muon.i_y * grid->n_x + muon.i_x);
    EOT_GLOBAL const f32 *edges = table + grid->edges_z + (u32)up_z;
    const i32 stride = grid->n_x * grid->n_y, onward = 2 * up_z - 1, n_z = grid->n_z;
    const i32 one_by_one = tables->straggling == EOT_MUON_STRAGGLING_MOMENTS ? 1 : 0,
              has_field = field2 > R(0.0) ? 1 : 0;
    i32 in_other = 0, i_z = muon.i_z;
    real rate = medium.rate + decay_rate, longest = fmin(to_side, to_limit), clock = muon.clock;
    real path = R(0.0), to = to_z; /* path at the beginning and at the end of a layer */
    real other1 = R(0.0), other2 = R(0.0), other3 = R(0.0),
         weight = R(0.0); /* sums over the layers of the second kind; 1 in those */
    f32 first_edge = edge_z;
    for (i32 i_layer = 0; i_layer < EOT_MUON_MOST_LAYERS; i_layer++) {
        real left = fma(path - to, rate, clock);
        if (!(left > R(0.0)) || to > longest) break;
        clock = left;
        real here1 = weight * (to - path), sum = to + path;
        other1 += here1;
        other2 = fma(here1, sum, other2);
        other3 = fma(here1, fma(sum, sum, -to * path), other3);
        axis = 2;
        i32 next_z = i_z + onward;
        if (one_by_one !=
            0) { /* layers whose loss is far from Gaussian in that model are drawn one by one, as the reference does */
            real mean = (to - path) * (in_other != 0 ? other.loss : medium.loss),
                 fluctuation = (to - path) * (in_other != 0 ? other.variance : medium.variance);
            real seen = in_other != 0 ? other.active_xi : medium.active_xi;
            path = to;
            if (!(seen > R(0.0)) && mean * mean < R(3.0) * fluctuation) break;
        }
        path = to;
        if ((u32)next_z >= (u32)n_z || has_field != 0) break;
        i32 next = (i32)column[next_z * stride];
        if (next != first && next != second) {
            /* a third kind of layer, another volume, a field or a limit of its own ends the step */
            EOT_GLOBAL const eot_region *ahead = regions + next;
            if (second != first || ahead->volume != region->volume || ahead->max_step != region->max_step ||
                ahead->field_x != 0.0f || ahead->field_y != 0.0f || ahead->field_z != 0.0f)
                break;
            second = next;
            other = eot_muon_medium_at(table, tables, ahead, kinetic);
            to_limit = fmin(to_limit, fmax((real)tables->largest_loss * kinetic / fmax(other.loss, R(1.0e-30)), path));
            longest = fmin(to_side, to_limit);
        }
        in_other = next != first ? 1 : 0;
        weight = in_other != 0 ? R(1.0) : R(0.0);
        rate = (in_other != 0 ? other.rate : medium.rate) + decay_rate;
        i_z = next_z;
        edge_z = edges[next_z];
        to = fma((real)(edge_z - first_edge), inverse_z, to_z);
        axis = -1;
    }
    muon.i_z = i_z;
    real event_rate = rate;
    if (axis < 0) { /* and the part of one that is left */
        real to_event = rate > R(0.0) ? fmax(clock, R(0.0)) / rate : far, most = fmax(longest - path, R(0.0)),
             to_end = to - path;
        real s = fmin(to_end, fmin(most, to_event));
        is_event = s == to_event ? 1 : 0;
        axis = is_event != 0 ? -1 : s == to_end ? 2 : to_side <= to_limit ? side_axis : -1;
        to = path + s;
        real here1 = weight * s, sum = to + path;
        other1 += here1;
        other2 = fma(here1, sum, other2);
        other3 = fma(here1, fma(sum, sum, -to * path), other3);
        path = to;
        clock = fma(-s, rate, clock);
    }
    eot_muon_scatter scatter = eot_muon_scatter_after(medium.kick, other.kick, path, other1, other2, other3);
    real path_other = other1;
    i32 here = in_other != 0 ? second : first;
    region = regions + here;
    out.region = here;
    out.path = path;
    /* sums over the paths in the two kinds */
    real path_first = path - path_other;
    real loss = fma(path_other, other.loss, path_first * medium.loss),
         slope = fma(path_other, other.slope, path_first * medium.slope);
    real active_loss = fma(path_other, other.active_loss, path_first * medium.active_loss),
         active_xi = fma(path_other, other.active_xi, path_first * medium.active_xi);
    real xi = fma(path_other, other.xi, path_first * medium.xi),
         inverse_cut = fmax(medium.inverse_cut, other.inverse_cut);
    real active_variance = fma(path_other, other.active_variance, path_first * medium.active_variance);
    real variance = fma(path_other, other.variance, path_first * medium.variance);

    eot_u32x4 bits = eot_random_block(random), more_bits = bits;
    random.draw += 1u;
    if (is_event != 0 || (active_xi > R(0.0) && active_xi < xi)) {
        more_bits = eot_random_block(random);
        random.draw += 1u;
    }

    /* continuous loss: the mean to second order in the path; active and passive matter apart where there are both */
    real bent = fma(R(-0.5), slope, R(1.0));
    real passive = xi > R(0.0) ? R(0.0) : loss, active = R(0.0), visible = R(0.0);
    if (active_xi < xi)
        passive = eot_muon_continuous(table, tables, (loss - active_loss) * bent, xi - active_xi, inverse_cut,
                                      variance - active_variance, bits.x, bits.w);
    if (active_xi > R(0.0)) {
        active = visible = eot_muon_continuous(table, tables, active_loss * bent, active_xi, inverse_cut,
                                               active_variance, more_bits.x, bits.w);
        if ((medium.is_thin | other.is_thin) != 0 && tables->straggling == EOT_MUON_STRAGGLING_VAVILOV)
            visible = eot_muon_continuous(table, tables, active_loss * bent, active_xi,
                                          fmax(inverse_cut, (real)tables->inverse_layer_cut), active_variance,
                                          more_bits.x, bits.w);
    }
    real lost = passive + active;
    real after = fmax(kinetic - lost, R(0.0));
    out.ionisation = kinetic - after;
    out.visible = lost > R(0.0) ? fmin(visible, lost) * (out.ionisation / lost) : R(0.0);

    /* path, displacement and deflection, at the mean energy of the step */
    real middle = R(0.5) * (kinetic + after);
    real momentum2 = middle * (middle + R(2.0) * EOT_M_MUON);
    real inverse_p_beta = (middle + EOT_M_MUON) / momentum2;
    muon.time = fma(path * inverse_p_beta, sqrt(momentum2) * (R(1.0) / EOT_C_LIGHT), muon.time);
    eot_vec3 moved = eot_vec3_scaled(u, path);
    if (field2 > R(0.0)) {
        eot_helix h = eot_helix_moved(u, eot_vec3_scaled(bend, sqrt(p2 / momentum2)), path);
        moved = h.moved;
        u = h.direction;
    }
    if (tables->scattering != 0 && scatter.angle2 > R(0.0)) {
        real inverse_sigma = R(1.0) / sqrt(scatter.angle2), scale = inverse_p_beta;
        real sigma = scatter.angle2 * inverse_sigma * scale;
        real lever = scatter.cross2 * inverse_sigma, along = lever * scale; /* displacement correlated with the angle */
        real apart = sqrt(fmax(fma(-lever, lever, scatter.aside2), R(0.0))) * scale; /* and independent of it */
        eot_normal_pair n = eot_normal(bits.y, bits.z);
        /* the independent part is uniform with the right variance: only the displacement's fourth moment differs, by 2
         * % */
        real free_x = fma((real)(bits.w >> 16), R(5.2857e-5), R(-1.73202)),
             free_y = fma((real)(bits.w & 0xffffu), R(5.2857e-5), R(-1.73202));
        eot_vec3 aside = eot_vec3_rotated(u, fma(apart, free_x, along * n.a), fma(apart, free_y, along * n.b), R(0.0));
        moved.x += aside.x;
        moved.y += aside.y;
        moved.z += aside.z;
        u = eot_vec3_deflected(u, sigma * n.a, sigma * n.b);
    }
    muon.position.x += (f64)moved.x;
    muon.position.y += (f64)moved.y;
    muon.position.z += (f64)moved.z;
    muon.direction = u;

    /* the hard event */
    muon.clock = fmax(clock, R(0.0));
    i32 fate = EOT_MUON_ALIVE;
    if (is_event != 0) {
        muon.clock = -eot_log(eot_uniform(more_bits.w));
        /* which constituent and process: one number of 20 bits, used up digit by digit; the other 12 bits are the
         * azimuth */
        real choose = fma((real)(more_bits.z >> 12), R(9.5367431640625e-7), R(4.76837158203125e-7)) * event_rate;
        i32 material = region->material[0];
        i32 process = EOT_MUON_DECAY;
        real below = R(0.0), share = event_rate - decay_rate;
        out.event_active = region->active[0];
        if (region->n_constituent > 1) {
            share = (real)region->fraction[0] * eot_muon_row_at(table, tables, material, kinetic).rate;
            for (i32 i = 1; i < region->n_constituent; i++) {
                if (choose >= below + share) {
                    below += share;
                    material = region->material[i];
                    share = (real)region->fraction[i] * eot_muon_row_at(table, tables, material, kinetic).rate;
                    out.event_active = region->active[i];
                }
            }
        }
        choose = (choose - below) / fmax(share, R(1.0e-30));
        if (choose < R(1.0) || decay_rate <= R(0.0)) { /* without decay, a rounded 1 is elastic */
            EOT_GLOBAL const f32 *s = table + tables->shares + ((u32)material * EOT_MUON_N_ROW + medium.i) * 4u;
            process = choose < (real)s[0]   ? EOT_MUON_DELTA
                      : choose < (real)s[1] ? EOT_MUON_BREMS
                      : choose < (real)s[2] ? EOT_MUON_PAIR
                      : choose < (real)s[3] ? EOT_MUON_PHOTONUCLEAR
                                            : EOT_MUON_ELASTIC;
        }
        out.process = process;
        real turn = (real)(more_bits.z & 0xfffu) * R(2.44140625e-4);
        real p_after2 = after * (after + R(2.0) * EOT_M_MUON);
        if (process == EOT_MUON_ELASTIC) {
            eot_octave_cell c =
                eot_octave_find(eot_uniform(more_bits.y), EOT_MUON_TAIL_BITS, EOT_MUON_TAIL_SHIFT, EOT_MUON_N_TAIL);
            EOT_GLOBAL const f32 *e = table + tables->elastic + (u32)material * EOT_MUON_N_TAIL + c.i;
            real q2 =
                fmin(eot_exp(eot_lerp(e[0], e[1], c.t)) / fmax(p_after2, R(1.0e-30)), R(4.0)); /* (2 sin(theta/2))^2 */
            real cosine = fma(R(-0.5), q2, R(1.0));
            real sine = sqrt(fmax(q2 * fma(R(-0.25), q2, R(1.0)), R(0.0)));
            muon.direction =
                eot_vec3_unit(eot_vec3_rotated(u, sine * eot_cos_turn(turn), sine * eot_sin_turn(turn), cosine));
        } else if (process == EOT_MUON_DECAY) {
            /* electron energy in flight: isotropic in the rest frame, massless electron */
            eot_u32x4 d = eot_random_block(random);
            random.draw += 1u;
            real at_rest = R(0.5) * EOT_M_MUON * eot_muon_michel(d, more_bits.y);
            real cosine = fma(R(2.0), turn, R(-1.0));
            real total = after + EOT_M_MUON;
            out.electron = fmin(at_rest / EOT_M_MUON * fma(sqrt(p_after2), cosine, total), total);
            out.rest = EOT_M_MUON;
            out.neutrino = total - out.electron;
            after = R(0.0);
            fate = EOT_MUON_DECAYED;
        } else {
            real given = eot_muon_loss(table, tables, material, process, after, eot_uniform(more_bits.y),
                                       (real)(more_bits.y & 0x1ffu) * R(0.001953125));
            real rest_of = after - given;
            real difference = after - rest_of;
            if (process == EOT_MUON_DELTA) {
                /* elastic scattering on an electron at rest: cosine of the electron's angle W (E + m_e)/(p p_e) */
                real electron2 = given * (given + R(2.0) * EOT_M_ELECTRON);
                real along = given * (after + EOT_M_MUON + EOT_M_ELECTRON);
                real across2 = fmax(electron2 - along * along / fmax(p_after2, R(1.0e-30)), R(0.0));
                real new_p2 = rest_of * (rest_of + R(2.0) * EOT_M_MUON);
                real sine = sqrt(fmin(across2 / fmax(new_p2, R(1.0e-30)), R(1.0)));
                muon.direction = eot_vec3_unit(eot_vec3_rotated(u, sine * eot_cos_turn(turn), sine * eot_sin_turn(turn),
                                                                sqrt(fma(-sine, sine, R(1.0)))));
            }
            out.shower = process == EOT_MUON_PHOTONUCLEAR ? R(0.0) : difference;
            out.hadronic = process == EOT_MUON_PHOTONUCLEAR ? difference : R(0.0);
            after = rest_of;
        }
    }

    /* crossing a boundary: the coordinate is put on the edge, unless the muon was already beyond it (a displacement),
     * when only the index moves on */
    out.axis = axis;
    if (axis >= 0) {
        if (axis == 2) {
            muon.i_z += 2 * up_z - 1;
            muon.position.z = path > R(0.0) ? (f64)edge_z : muon.position.z;
        } else if (axis == 0) {
            muon.i_x += 2 * up_x - 1;
            muon.position.x = path > R(0.0) ? edge_x : muon.position.x;
        } else {
            muon.i_y += 2 * up_y - 1;
            muon.position.y = path > R(0.0) ? edge_y : muon.position.y;
        }
    }
    i32 inside = muon.i_x >= 0 && muon.i_x < grid->n_x && muon.i_y >= 0 && muon.i_y < grid->n_y && muon.i_z >= 0 &&
                 muon.i_z < grid->n_z;
    if (inside)
        muon.region = axis >= 0
                          ? (i32)voxel[grid->voxels + (u32)((muon.i_z * grid->n_y + muon.i_y) * grid->n_x + muon.i_x)]
                          : here;
    else if (fate == EOT_MUON_ALIVE)
        fate = EOT_MUON_ESCAPED;
    muon.n_stall = path > R(0.0) || is_event != 0 ? 0 : muon.n_stall + 1;
    if (muon.n_stall > EOT_MUON_MAX_STALL) fate = EOT_MUON_STUCK;

    /* the end of a slow muon */
    if (fate != EOT_MUON_DECAYED && fate != EOT_MUON_STUCK && after <= (real)tables->stop_kinetic) {
        fate = EOT_MUON_STOPPED;
        out.ionisation += after;
        out.visible += after * eot_muon_active_share(region);
        after = R(0.0);
        if (tables->decay_at_rest != 0) {
            eot_u32x4 b = eot_random_block(random);
            random.draw += 1u;
            real capture = muon.charge < 0 ? eot_muon_capture_rate(table, tables, region) : R(0.0);
            real free_rate = R(1.0) / EOT_MUON_LIFETIME;
            muon.time = fma(-eot_log(eot_uniform(b.x)), R(1.0) / (free_rate + capture), muon.time);
            out.rest = EOT_M_MUON;
            if (eot_uniform(b.y) * (free_rate + capture) < free_rate) {
                eot_u32x4 d = eot_random_block(random);
                random.draw += 1u;
                out.electron = R(0.5) * EOT_M_MUON * eot_muon_michel(d, b.z);
            }
            out.neutrino = EOT_M_MUON - out.electron;
        }
    }
    real anything = (real)(muon.position.x + muon.position.y + muon.position.z) + u.x + u.y + u.z;
    if (!(after >= R(0.0)) || !(path >= R(0.0)) || !(anything == anything)) fate = EOT_MUON_NAN;
    muon.kinetic_energy = after;
    muon.fate = fate;
    out.muon = muon;
    out.random = random;
    return out;
}

#endif
