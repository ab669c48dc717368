/** @file hadron_decay.h
 * Decays of charged pions and kaons in flight: the channel, the momenta of what leaves it. Channels and branching
 * fractions are the rows of hadron_channels.def.
 *
 * Included: all channels down to 1e-4. Two-body decays are isotropic in the parent's frame, whose spin is 0. K -> pi0 l
 * nu has the Dalitz density of a vector current with linear form factors (PDG 2022, review of K_l3 form factors; L. M.
 * Chounet, J. M. Gaillard, M. K. Gaillard, Phys. Rept. 4 (1972) 199): f+^2 [A + B xi + C xi^2], lambda+ = 0.0296,
 * lambda0 = 0.0195 in units of t/m_pi+^2. K -> 3 pi has 1 + g u + h u^2 + k v^2 (PDG 2022, K+- listings: Dalitz-plot
 * parameters). Neutral pions decay where they are made, to two photons (98.8 %; e+ e- gamma is taken for them).
 *
 * Not included: polarisation of the muons, which would only change the electron of a muon's own decay; radiative
 * corrections; the difference of kaons of both charges.
 *
 * Sampling: two-body by inversion; three-body by rejection from a uniform density in two energies, with majorants that
 * a test compares with the density; 0.26 to 0.53 of the tries are accepted (K -> pi0 e nu, 3 pi), one block a try. */
#ifndef EOT_PHYSICS_HADRON_DECAY_H
#define EOT_PHYSICS_HADRON_DECAY_H

#include "eotmc/math/random.h"
#include "eotmc/math/vector.h"
#include "eotmc/physics/hadron.h"

#define EOT_LAMBDA_PLUS R(0.0296)
#define EOT_LAMBDA_ZERO R(0.0195)
#define EOT_DALITZ_MOST_TRIES 128 /* all are rejected with a probability below 1e-16 */

enum eot_hadron_group {
#define EOT_HADRON_GROUP(id, name, title) EOT_HADRON_GROUP_##id,
#include "eotmc/physics/hadron_groups.def"
#undef EOT_HADRON_GROUP
    EOT_N_HADRON_GROUP
};
enum eot_hadron_place {
#define EOT_HADRON_PLACE(id, name, title) EOT_HADRON_PLACE_##id,
#include "eotmc/physics/hadron_groups.def"
#undef EOT_HADRON_PLACE
    EOT_N_HADRON_PLACE
};
enum eot_hadron_channel {
#define EOT_HADRON_CHANNEL(id, parent, branching, group, title) EOT_CHANNEL_##id,
#include "eotmc/physics/hadron_channels.def"
#undef EOT_HADRON_CHANNEL
    EOT_N_HADRON_CHANNEL
};

/** What leaves a decay. */
enum eot_hadron_product_type {
    EOT_PRODUCT_MUON = 0,
    EOT_PRODUCT_ELECTRON,
    EOT_PRODUCT_PHOTON,
    EOT_PRODUCT_PION, /* charged */
    EOT_PRODUCT_NEUTRINO
};
typedef struct {
    i32 type;   /* enum eot_hadron_product_type */
    i32 charge; /* +1, -1, 0 */
    real E;     /* GeV */
    eot_vec3 direction;
    real sine, cosine; /* of its angle to the parent */
} eot_hadron_product;

#define EOT_MOST_PRODUCTS 5 /* pi and four photons */
typedef struct {
    i32 n;
    i32 channel;   /* enum eot_hadron_channel */
    i32 is_failed; /* no try of the rejection was accepted */
    eot_hadron_product item[EOT_MOST_PRODUCTS];
} eot_hadron_products;

/** Energy and momentum [GeV]. */
typedef struct {
    real E;
    eot_vec3 p;
} eot_four;

/** Channel of a decay. @param u uniform in (0, 1). */
EOT_FN i32 eot_hadron_channel_of(i32 kind, real u) {
    real total = R(0.0), sum = R(0.0);
    i32 channel = -1, last = 0;
#define EOT_HADRON_CHANNEL(id, parent, branching, group, title) \
    total += kind == EOT_HADRON_##parent ? R(branching) : R(0.0);
#include "eotmc/physics/hadron_channels.def"
#undef EOT_HADRON_CHANNEL
#define EOT_HADRON_CHANNEL(id, parent, branching, group, title) \
    if (kind == EOT_HADRON_##parent) { \
        sum += R(branching); \
        last = EOT_CHANNEL_##id; \
        if (channel < 0 && u * total < sum) channel = last; \
    }
#include "eotmc/physics/hadron_channels.def"
#undef EOT_HADRON_CHANNEL
    return channel < 0 ? last : channel;
}

/** Group of a channel, enum eot_hadron_group. */
EOT_FN i32 eot_hadron_group_of(i32 channel) {
    i32 group = EOT_HADRON_GROUP_OTHER;
#define EOT_HADRON_CHANNEL(id, parent, branching, g, title) \
    if (channel == EOT_CHANNEL_##id) group = EOT_HADRON_GROUP_##g;
#include "eotmc/physics/hadron_channels.def"
#undef EOT_HADRON_CHANNEL
    return group;
}

/** Energy [GeV] of the first of two bodies of masses m1 and m2 in the frame of their parent of mass M. */
EOT_FN real eot_two_body_energy(real M, real m1, real m2) { return (M * M + (m1 - m2) * (m1 + m2)) / (R(2.0) * M); }

/** Momentum [GeV] at an energy and a mass. */
EOT_FN real eot_momentum_of(real E, real m) { return sqrt(fmax((E - m) * (E + m), R(0.0))); }

/** A direction, uniform on the sphere. */
EOT_FN eot_vec3 eot_isotropic(u32 bits, u32 more) {
    real c = fma(R(-2.0), eot_uniform(bits), R(1.0)), turn = eot_uniform(more);
    real s = sqrt(fmax((R(1.0) - c) * (R(1.0) + c), R(0.0)));
    eot_vec3 u;
    u.x = s * eot_cos_turn(turn);
    u.y = s * eot_sin_turn(turn);
    u.z = c;
    return u;
}

/** A four-momentum of size p along a direction. */
EOT_FN eot_four eot_four_of(real E, real p, eot_vec3 u) {
    eot_four f;
    f.E = E;
    f.p = eot_vec3_scaled(u, p);
    return f;
}

/** Boost along a unit vector. @param gamma, beta_gamma of the frame that f is given in. */
EOT_FN eot_four eot_four_boosted(eot_four f, eot_vec3 axis, real gamma, real beta_gamma) {
    real along = eot_vec3_dot(f.p, axis);
    real more = fma(gamma - R(1.0), along, beta_gamma * f.E);
    eot_four b;
    b.E = fma(gamma, f.E, beta_gamma * along);
    b.p.x = fma(more, axis.x, f.p.x);
    b.p.y = fma(more, axis.y, f.p.y);
    b.p.z = fma(more, axis.z, f.p.z);
    return b;
}

/** The parent of a decay in flight. */
typedef struct {
    i32 kind, charge;
    real mass, E, p; /* GeV */
    eot_vec3 direction;
} eot_hadron_parent;

/** Append a product, given in the parent's frame, whose z axis is the parent's direction. */
EOT_FN eot_hadron_products eot_hadron_products_add(eot_hadron_products products, eot_hadron_parent parent, eot_four f,
                                                   i32 type, i32 charge) {
    eot_vec3 z;
    z.x = z.y = R(0.0);
    z.z = R(1.0);
    eot_four lab = eot_four_boosted(f, z, parent.E / parent.mass, parent.p / parent.mass);
    real p2 = eot_vec3_dot(lab.p, lab.p);
    eot_hadron_product one;
    one.type = type;
    one.charge = charge;
    one.E = lab.E;
    one.direction = parent.direction;
    one.sine = R(0.0);
    one.cosine = R(1.0);
    if (p2 > R(0.0)) {
        real inverse = R(1.0) / sqrt(p2);
        one.direction = eot_vec3_unit(eot_vec3_rotated(parent.direction, lab.p.x, lab.p.y, lab.p.z));
        one.sine = sqrt(lab.p.x * lab.p.x + lab.p.y * lab.p.y) * inverse;
        one.cosine = lab.p.z * inverse;
    }
    if (products.n < EOT_MOST_PRODUCTS) products.item[products.n] = one;
    products.n++;
    return products;
}

/** Append the photons of a neutral pion, given in the parent's frame. */
EOT_FN eot_hadron_products eot_hadron_products_add_pi0(eot_hadron_products products, eot_hadron_parent parent,
                                                       eot_four f, u32 bits, u32 more) {
    real p = sqrt(eot_vec3_dot(f.p, f.p)), E = R(0.5) * EOT_M_PION_ZERO;
    eot_vec3 axis, u = eot_isotropic(bits, more);
    axis.x = axis.y = R(0.0);
    axis.z = R(1.0);
    if (p > R(0.0)) axis = eot_vec3_scaled(f.p, R(1.0) / p);
    real gamma = f.E / EOT_M_PION_ZERO, beta_gamma = p / EOT_M_PION_ZERO;
    eot_four a = eot_four_boosted(eot_four_of(E, E, u), axis, gamma, beta_gamma);
    eot_four b = eot_four_boosted(eot_four_of(E, -E, u), axis, gamma, beta_gamma);
    products = eot_hadron_products_add(products, parent, a, EOT_PRODUCT_PHOTON, 0);
    return eot_hadron_products_add(products, parent, b, EOT_PRODUCT_PHOTON, 0);
}

/** Density of K -> pi0 l nu in the energies of pion and lepton in the kaon's frame [GeV^3, normalised at t = 0]; 0
 * outside of the Dalitz plot. @param m_lepton [GeV]. */
EOT_FN real eot_kl3_density(real E_pion, real E_lepton, real m_lepton) {
    real M = EOT_M_KAON, m = EOT_M_PION_ZERO, l2 = m_lepton * m_lepton;
    real E_nu = M - E_pion - E_lepton, p_pion = eot_momentum_of(E_pion, m),
         p_lepton = eot_momentum_of(E_lepton, m_lepton);
    if (!(E_nu > R(0.0)) || E_nu > p_pion + p_lepton || E_nu < fabs(p_pion - p_lepton)) return R(0.0);
    real t = M * M + m * m - R(2.0) * M * E_pion, unit = EOT_M_PION * EOT_M_PION;
    real plus = R(1.0) + EOT_LAMBDA_PLUS * t / unit;
    real xi = (M - m) * (M + m) / unit * (EOT_LAMBDA_ZERO - EOT_LAMBDA_PLUS) / plus; /* (f0/f+ - 1) (M^2 - m^2)/t */
    real under = (M * M + m * m - l2) / (R(2.0) * M) - E_pion;
    real A = M * (R(2.0) * E_lepton * E_nu - M * under) + l2 * (R(0.25) * under - E_nu);
    real B = l2 * (E_nu - R(0.5) * under), C = R(0.25) * l2 * under;
    return fmax(plus * plus * (A + xi * (B + xi * C)), R(0.0));
}
/** A little above its largest value, 0.01285 and 0.01207 (tests/stat/test_hadron_decay.c). */
EOT_FN real eot_kl3_majorant(real m_lepton) { return m_lepton < R(0.01) ? R(0.0130) : R(0.0123); }

/** Density of K -> 3 pi, relative to the middle of the Dalitz plot; 0 outside of it. @param E_odd energy of the pion
 * that differs from the other two. @param E_first of one of these. @param m_odd, m_even masses. */
EOT_FN real eot_k3pi_density(real E_odd, real E_first, real m_odd, real m_even) {
    real M = EOT_M_KAON, E_second = M - E_odd - E_first, unit = EOT_M_PION * EOT_M_PION;
    if (!(E_second > m_even)) return R(0.0);
    real p_odd = eot_momentum_of(E_odd, m_odd), p_first = eot_momentum_of(E_first, m_even),
         p_second = eot_momentum_of(E_second, m_even);
    if (p_second > p_odd + p_first || p_second < fabs(p_odd - p_first)) return R(0.0);
    real s_odd = M * M + m_odd * m_odd - R(2.0) * M * E_odd;
    real s_0 = (M * M + m_odd * m_odd + R(2.0) * m_even * m_even) / R(3.0);
    real u = (s_odd - s_0) / unit, v = R(2.0) * M * (E_second - E_first) / unit;
    i32 is_charged = m_even > R(0.137) ? 1 : 0; /* pi+ pi+ pi-; else pi+ pi0 pi0 */
    real g = is_charged ? R(-0.21134) : R(0.626), h = is_charged ? R(0.01848) : R(0.052),
         k = is_charged ? R(-0.00463) : R(0.0054);
    return fmax(R(1.0) + u * (g + u * h) + k * v * v, R(0.0));
}
/** A little above its largest value, 1.271 and 1.905. */
EOT_FN real eot_k3pi_majorant(real m_even) { return m_even > R(0.137) ? R(1.29) : R(1.93); }

/** Energies of the first two of three bodies in the parent's frame. */
typedef struct {
    real E1, E2;
    i32 is_found;
    u32 n_draw;
} eot_dalitz_point;

/** A point of K -> pi0 l nu (1: the pion, 2: the lepton). @param random cursor, one block a try. */
EOT_FN eot_dalitz_point eot_kl3_sample(real m_lepton, eot_random random) {
    eot_dalitz_point d;
    real M = EOT_M_KAON, m = EOT_M_PION_ZERO;
    real top1 = (M * M + (m - m_lepton) * (m + m_lepton)) / (R(2.0) * M),
         top2 = (M * M + (m_lepton - m) * (m_lepton + m)) / (R(2.0) * M);
    d.is_found = 0;
    d.E1 = m;
    d.E2 = m_lepton;
    for (d.n_draw = 0u; d.n_draw < (u32)EOT_DALITZ_MOST_TRIES && d.is_found == 0; d.n_draw++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        d.E1 = fma(eot_uniform(b.x), top1 - m, m);
        d.E2 = fma(eot_uniform(b.y), top2 - m_lepton, m_lepton);
        d.is_found = eot_uniform(b.z) * eot_kl3_majorant(m_lepton) < eot_kl3_density(d.E1, d.E2, m_lepton) ? 1 : 0;
    }
    return d;
}

/** A point of K -> 3 pi (1: the odd pion, 2: one of the others). */
EOT_FN eot_dalitz_point eot_k3pi_sample(real m_odd, real m_even, eot_random random) {
    eot_dalitz_point d;
    real M = EOT_M_KAON, sum = m_odd + m_even;
    real top1 = (M * M + m_odd * m_odd - R(4.0) * m_even * m_even) / (R(2.0) * M),
         top2 = (M * M + m_even * m_even - sum * sum) / (R(2.0) * M);
    d.is_found = 0;
    d.E1 = m_odd;
    d.E2 = m_even;
    for (d.n_draw = 0u; d.n_draw < (u32)EOT_DALITZ_MOST_TRIES && d.is_found == 0; d.n_draw++) {
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        d.E1 = fma(eot_uniform(b.x), top1 - m_odd, m_odd);
        d.E2 = fma(eot_uniform(b.y), top2 - m_even, m_even);
        d.is_found = eot_uniform(b.z) * eot_k3pi_majorant(m_even) < eot_k3pi_density(d.E1, d.E2, m_odd, m_even) ? 1 : 0;
    }
    return d;
}

/** Three bodies in the parent's frame, turned at random. */
typedef struct {
    eot_four one, two, three;
} eot_three_bodies;

/** Place three bodies of known energies. @param d energies of the first two. @param m1, m2, m3 masses. @param b three
 * random words. */
EOT_FN eot_three_bodies eot_three_bodies_of(eot_dalitz_point d, real M, real m1, real m2, real m3, eot_u32x4 b) {
    eot_three_bodies t;
    real E3 = M - d.E1 - d.E2, p1 = eot_momentum_of(d.E1, m1), p2 = eot_momentum_of(d.E2, m2),
         p3 = eot_momentum_of(E3, m3);
    real c = (p3 * p3 - p1 * p1 - p2 * p2) / fmax(R(2.0) * p1 * p2, R(1.0e-20));
    c = fmin(fmax(c, R(-1.0)), R(1.0));
    real s = sqrt((R(1.0) - c) * (R(1.0) + c)), turn = eot_uniform(b.z);
    eot_vec3 u = eot_isotropic(b.x, b.y);
    eot_vec3 v = eot_vec3_rotated(u, s * eot_cos_turn(turn), s * eot_sin_turn(turn), c);
    t.one = eot_four_of(d.E1, p1, u);
    t.two = eot_four_of(d.E2, p2, v);
    t.three.E = E3;
    t.three.p.x = -(t.one.p.x + t.two.p.x);
    t.three.p.y = -(t.one.p.y + t.two.p.y);
    t.three.p.z = -(t.one.p.z + t.two.p.z);
    return t;
}

/** A decay to a charged lepton and its neutrino. */
EOT_FN eot_hadron_products eot_hadron_to_lepton(eot_hadron_products out, eot_hadron_parent parent, i32 type,
                                                real m_lepton, eot_u32x4 b) {
    eot_vec3 u = eot_isotropic(b.x, b.y);
    real E = eot_two_body_energy(parent.mass, m_lepton, R(0.0)), p = parent.mass - E; /* the neutrino's energy */
    out = eot_hadron_products_add(out, parent, eot_four_of(E, p, u), type, parent.charge);
    return eot_hadron_products_add(out, parent, eot_four_of(p, -p, u), EOT_PRODUCT_NEUTRINO, 0);
}

/** K -> pi0 l nu. */
EOT_FN eot_hadron_products eot_kaon_to_lepton_pi0(eot_hadron_products out, eot_hadron_parent parent, i32 type,
                                                  real m_lepton, eot_random random) {
    eot_u32x4 b = eot_random_block(random), c;
    random.draw++;
    c = eot_random_block(random);
    random.draw++;
    eot_dalitz_point d = eot_kl3_sample(m_lepton, random);
    eot_three_bodies t = eot_three_bodies_of(d, parent.mass, EOT_M_PION_ZERO, m_lepton, R(0.0), b);
    out.is_failed = d.is_found ? 0 : 1;
    out = eot_hadron_products_add(out, parent, t.two, type, parent.charge);
    out = eot_hadron_products_add(out, parent, t.three, EOT_PRODUCT_NEUTRINO, 0);
    return eot_hadron_products_add_pi0(out, parent, t.one, c.x, c.y);
}

/** K -> 3 pi, charged or with two neutral ones. @param is_charged whether it is pi pi pi. */
EOT_FN eot_hadron_products eot_kaon_to_pions(eot_hadron_products out, eot_hadron_parent parent, i32 is_charged,
                                             eot_random random) {
    real m_even = is_charged ? EOT_M_PION : EOT_M_PION_ZERO;
    eot_u32x4 b = eot_random_block(random), c;
    random.draw++;
    c = eot_random_block(random);
    random.draw++;
    eot_dalitz_point d = eot_k3pi_sample(EOT_M_PION, m_even, random);
    eot_three_bodies t = eot_three_bodies_of(d, parent.mass, EOT_M_PION, m_even, m_even, b);
    out.is_failed = d.is_found ? 0 : 1;
    if (is_charged) { /* the odd one has the other charge */
        out = eot_hadron_products_add(out, parent, t.one, EOT_PRODUCT_PION, -parent.charge);
        out = eot_hadron_products_add(out, parent, t.two, EOT_PRODUCT_PION, parent.charge);
        return eot_hadron_products_add(out, parent, t.three, EOT_PRODUCT_PION, parent.charge);
    }
    out = eot_hadron_products_add(out, parent, t.one, EOT_PRODUCT_PION, parent.charge);
    out = eot_hadron_products_add_pi0(out, parent, t.two, c.x, c.y);
    return eot_hadron_products_add_pi0(out, parent, t.three, c.z, c.w);
}

/** K -> pi pi0. */
EOT_FN eot_hadron_products eot_kaon_to_pion_pi0(eot_hadron_products out, eot_hadron_parent parent, eot_random random) {
    eot_u32x4 b = eot_random_block(random);
    eot_vec3 u = eot_isotropic(b.x, b.y);
    real E = eot_two_body_energy(parent.mass, EOT_M_PION, EOT_M_PION_ZERO), p = eot_momentum_of(E, EOT_M_PION);
    out = eot_hadron_products_add(out, parent, eot_four_of(E, p, u), EOT_PRODUCT_PION, parent.charge);
    return eot_hadron_products_add_pi0(out, parent, eot_four_of(parent.mass - E, -p, u), b.z, b.w);
}

/** A decay in flight. @param random cursor: two blocks, and one a try of three-body decays. */
EOT_FN eot_hadron_products eot_hadron_decay_sample(eot_hadron_parent parent, eot_random random) {
    eot_hadron_products out;
    eot_u32x4 b = eot_random_block(random);
    random.draw++;
    out.n = out.is_failed = 0;
    out.channel = eot_hadron_channel_of(parent.kind, eot_uniform(b.z));
    for (i32 i = 0; i < EOT_MOST_PRODUCTS; i++) {
        out.item[i].type = EOT_PRODUCT_NEUTRINO;
        out.item[i].charge = 0;
        out.item[i].E = out.item[i].sine = R(0.0);
        out.item[i].cosine = R(1.0);
        out.item[i].direction = parent.direction;
    }
    switch (out.channel) {
    case EOT_CHANNEL_PI_MU_NU:
    case EOT_CHANNEL_K_MU_NU: return eot_hadron_to_lepton(out, parent, EOT_PRODUCT_MUON, EOT_M_MUON, b);
    case EOT_CHANNEL_PI_E_NU: return eot_hadron_to_lepton(out, parent, EOT_PRODUCT_ELECTRON, EOT_M_ELECTRON, b);
    case EOT_CHANNEL_K_PI_PI0: return eot_kaon_to_pion_pi0(out, parent, random);
    case EOT_CHANNEL_K_3PI:
    case EOT_CHANNEL_K_PI_2PI0: return eot_kaon_to_pions(out, parent, out.channel == EOT_CHANNEL_K_3PI, random);
    case EOT_CHANNEL_K_PI0_E_NU:
        return eot_kaon_to_lepton_pi0(out, parent, EOT_PRODUCT_ELECTRON, EOT_M_ELECTRON, random);
    case EOT_CHANNEL_K_PI0_MU_NU: return eot_kaon_to_lepton_pi0(out, parent, EOT_PRODUCT_MUON, EOT_M_MUON, random);
    }
    out.is_failed = 1;
    return out;
}

#endif
