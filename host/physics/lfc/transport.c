/* Tables for the transport. Each nucleus is integrated on the grid of (E, zeta, rho) of its material; materials are
 * sums over their nuclei, inverted. */
#include "physics/lfc/transport.h"

#include <gsl/gsl_interp.h>
#include <math.h>
#include <stdlib.h>

#include "physics/lfc/dmg4.h"
#include "physics/lfc/internal.h"

enum {
    N_INTEGRATED = 193,                  /* energies at which a total cross section is integrated */
    N_XSEC = 5 * (N_INTEGRATED - 1) + 1, /* energies that the device has it at */
    N_ENERGY = 56,
    N_ZETA = 257, /* quantiles of the energy */
    /* Values of zeta with a distribution of the angle; more where the lepton is light, because the limits of the angle
     * bend sharply there. */
    N_ROW_E2MU = 49,
    N_ROW_MU2E = 97,
    N_RHO = 97,  /* quantiles of the angle */
    N_FINE = 97, /* places where the density in zeta is integrated */
    N_ANGLE = 49 /* places where the density in rho is integrated */
};

struct eot_lfc_nuclide eot_lfc_nuclide_from_mass(double Z, double A, double density, double mass_fraction) {
    return (struct eot_lfc_nuclide){Z, A, EOT_AVOGADRO * density * mass_fraction / A};
}

/* Cross sections of one nucleus at one coupling on the grid of a material. */
struct nucleus {
    double Z, A;
    double threshold; /* of the grid that it is on */
    double *xsec;     /* N_XSEC [pb] */
    double *density;  /* N_ENERGY x N_FINE, dsigma/ds, s the warped zeta */
    double *angle;    /* N_ENERGY x n_row x N_ANGLE, d2sigma/(dzeta ds'), s' the warped rho */
};

/* Grid of one material: the heaviest nucleus sets threshold and phase space. */
struct grid {
    double m_i, m_f, m_phi, h, threshold, E_max, v_max;
    int n_row;
    enum eot_lfc_sampler sampler;
    eot_lfc_system heaviest;
};

static double energy_at(const struct grid *g, double place) {
    return g->threshold * exp(eot_lfc_square(eot_lfc_square(place * g->v_max)));
}

/* zeta = s^2 (3 - 2 s): no square roots at the ends of the density. rho = s^2: dense at small angles. */
static double warp_zeta(double s) { return s * s * (3.0 - 2.0 * s); }
static double warp_rho(double s) { return s * s; }

/* Total cross section at the device's energies: integrated at every fifth, between them monotone (Steffen) in ln sigma
 * against ln of the energy above threshold, where it is close to a power. */
static enum eot_status nucleus_xsec(const struct grid *g, const struct eot_lfc_reaction *reaction, struct nucleus *n,
                                    double *worst, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_reaction r = *reaction;
    double x[N_INTEGRATED], y[N_INTEGRATED], threshold;
    size_t n_node = 0;
    gsl_interp *interpolation = NULL;
    gsl_interp_accel *place = NULL;
    r.Z = n->Z;
    r.A = n->A;
    EOT_TRY(eot_lfc_threshold_energy(&r, &threshold, err));
    for (int i = 1; i < N_INTEGRATED; i++) {
        struct eot_lfc_value value;
        double E = fmin(energy_at(g, (double)i / (N_INTEGRATED - 1)), g->E_max);
        if (g->sampler == EOT_LFC_SAMPLER_DMG4)
            EOT_TRY(eot_lfc_dmg4_total(&r, E, &value, err));
        else
            EOT_TRY(eot_lfc_total(&r, EOT_LFC_ETL, EOT_LFC_PHI, E, NULL, &value, err));
        *worst = fmax(*worst, value.rel_error);
        if (!(value.value > 0.0)) continue;
        x[n_node] = log(E - threshold);
        y[n_node++] = log(value.value);
    }
    if (n_node < 3) goto done; /* a nucleus too light for these energies */
    interpolation = gsl_interp_alloc(gsl_interp_steffen, n_node);
    place = gsl_interp_accel_alloc();
    EOT_CHECK_MEMORY(interpolation);
    EOT_CHECK_MEMORY(place);
    EOT_CHECK(gsl_interp_init(interpolation, x, y, n_node) == 0, EOT_E_NUMERIC,
              "cross sections of Z = %g cannot be interpolated; report m_phi = %g", n->Z, g->m_phi);
    for (int i = 0; i < N_XSEC; i++) {
        double E = fmin(energy_at(g, (double)i / (N_XSEC - 1)), g->E_max);
        if (E <= threshold) continue;
        double at = fmin(log(E - threshold), x[n_node - 1]);
        double slope = (y[1] - y[0]) / (x[1] - x[0]); /* below the first node: its power law */
        n->xsec[i] = exp(at < x[0] ? y[0] + slope * (at - x[0]) : gsl_interp_eval(interpolation, x, y, at, place));
    }
done:
    gsl_interp_free(interpolation);
    gsl_interp_accel_free(place);
    return status;
}

/* dsigma/dE_f of an integrator at one energy, and d2sigma/(dE_f dW) at W = W0 + rise, as the sampler has them. */
static double density_single(const struct grid *g, struct eot_lfc_integrator *integrator, const struct eot_lfc_job *job,
                             double E_f) {
    return g->sampler == EOT_LFC_SAMPLER_DMG4 ? eot_lfc_dmg4_single(job, E_f)
                                              : eot_lfc_integrator_single(integrator, E_f);
}
static double density_double(const struct grid *g, struct eot_lfc_integrator *integrator, const struct eot_lfc_job *job,
                             double E_f, double rise) {
    return g->sampler == EOT_LFC_SAMPLER_DMG4 ? eot_lfc_dmg4_double(job, E_f, rise)
                                              : eot_lfc_integrator_double(integrator, E_f, rise);
}

/* Density in zeta at all energies, and in (zeta, rho). */
static enum eot_status nucleus_densities(const struct grid *g, struct nucleus *n, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_job job = {.system = eot_lfc_system_from(g->m_i, g->m_f, g->m_phi, n->Z, n->A),
                              .side = EOT_LFC_LEPTON,
                              .h = g->h,
                              .tolerance = 1e-4};
    struct eot_lfc_integrator *integrator = NULL;
    const double first =
        g->sampler == EOT_LFC_SAMPLER_DMG4 ? 1e-4 : 0.0; /* its density has a limit at psi = 0, not a value */
    const double edge = 1e-3; /* rows at the very ends of zeta have no phase space: taken this share of a row inside */
    for (int i = 0; i < N_ENERGY; i++) {
        double E = fmin(energy_at(g, (i == 0 ? 0.5 : i) / (N_ENERGY - 1.0)),
                        g->E_max); /* the first stands for the shape just above threshold */
        job.E = E;
        if (E <= eot_lfc_threshold(job.system)) continue;
        EOT_TRY(eot_lfc_integrator_create(&job, &integrator, err));
        eot_lfc_range range = eot_lfc_energy_range(g->heaviest, E, g->m_f, g->m_phi);
        double log_range = log(range.high / g->m_f), p = sqrt((E - g->m_i) * (E + g->m_i));
        for (int k = 0; k < N_FINE; k++) {
            double s = (double)k / (N_FINE - 1), jacobian = 6.0 * s * (1.0 - s),
                   E_f = g->m_f * exp(warp_zeta(s) * log_range);
            n->density[i * N_FINE + k] =
                jacobian > 0.0 ? jacobian * E_f * log_range * density_single(g, integrator, &job, E_f) : 0.0;
        }
        for (int k = 0; k < g->n_row; k++) {
            double zeta = fmin(fmax((double)k, edge), g->n_row - 1 - edge) / (g->n_row - 1),
                   E_f = g->m_f * exp(zeta * log_range);
            double W0 = eot_lfc_Q0(g->heaviest, E, E_f, g->m_f, g->m_phi),
                   two_pp = 2.0 * p * sqrt((E_f - g->m_f) * (E_f + g->m_f));
            double span = fmin(2.0 * two_pp, fmax(eot_lfc_Q_recoil(g->heaviest, E, E_f, g->m_phi) - W0, 0.0)),
                   lambda_max = log1p(span / W0);
            for (int j = 0; j < N_ANGLE; j++) {
                double s = fmax((double)j / (N_ANGLE - 1), first),
                       rise = fmin(W0 * expm1(s * s * lambda_max), span * (1.0 - 1e-12));
                double value = density_double(g, integrator, &job, E_f, rise);
                n->angle[(i * g->n_row + k) * N_ANGLE + j] =
                    value * (W0 + rise) * 2.0 * s * lambda_max * E_f * log_range;
            }
        }
        eot_lfc_integrator_free(integrator);
        integrator = NULL;
    }
done:
    eot_lfc_integrator_free(integrator);
    return status;
}

/* Cumulative integral of n values at unit distance, by the cubic through four neighbours, never decreasing. */
static void cumulate(const double *f, int n, double *sum) {
    sum[0] = 0.0;
    for (int i = 0; i + 1 < n; i++) {
        double cell;
        if (i == 0)
            cell = (5.0 * f[0] + 8.0 * f[1] - f[2]) / 12.0;
        else if (i + 2 == n)
            cell = (5.0 * f[n - 1] + 8.0 * f[n - 2] - f[n - 3]) / 12.0;
        else
            cell = (13.0 * (f[i] + f[i + 1]) - f[i - 1] - f[i + 2]) / 24.0;
        double trapezium = 0.5 * (f[i] + f[i + 1]);
        sum[i + 1] = sum[i] + (cell > 0.5 * trapezium && cell < 2.0 * trapezium
                                   ? cell
                                   : trapezium); /* where the cubic overshoots a steep flank */
    }
}

/* Quantiles of the density f, whose place i / (n-1) stands at warp(i / (n-1)), on the axis of eot_lfc_quantile_place.
 * An empty density gives the identity. */
static void quantiles_make(const double *f, int n, double (*warp)(double s), int n_quantile, double *quantile) {
    double sum[N_FINE > N_ANGLE ? N_FINE : N_ANGLE];
    cumulate(f, n, sum);
    double total = sum[n - 1];
    int cell = 0, last = n - 1;
    while (last > 1 && sum[last - 1] >= total) last--; /* the end of the support */
    for (int i = 0; i < n_quantile; i++) {
        double q = (double)i / (n_quantile - 1), tail = fmin(q, 1.0 - q), xi = 8.0 * tail * tail * tail * tail;
        if (!(total > 0.0)) {
            quantile[i] = q;
            continue;
        }
        double want = q < 0.5 ? xi * total : total - xi * total;
        while (cell + 1 < last && sum[cell + 1] <= want) cell++;
        double content = sum[cell + 1] - sum[cell],
               part = content > 0.0 ? fmin(fmax((want - sum[cell]) / content, 0.0), 1.0) : 0.0;
        double a = f[cell], b = f[cell + 1], mean = 0.5 * (a + b), place = part;
        if (mean > 0.0) { /* density linear in the cell: a x + (b-a) x^2/2 = part mean */
            double root = sqrt(fmax(a * a + 2.0 * (b - a) * part * mean, 0.0));
            place = a + root > 0.0 ? fmin(2.0 * part * mean / (a + root), 1.0) : part;
        }
        quantile[i] = warp((cell + place) / (n - 1));
    }
}

static enum eot_status material_tables(const struct grid *g, const struct eot_lfc_material *material,
                                       const struct nucleus *const *of, struct eot_f32_table *table, eot_lfc_table *d,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    double xsec[N_XSEC] = {0.0}, density[N_FINE], angle[N_ANGLE];
    double weight[EOT_LFC_MAX_NUCLIDE];
    double *zeta = malloc(N_ENERGY * N_ZETA * sizeof *zeta),
           *rho = malloc((size_t)N_ENERGY * (size_t)g->n_row * N_RHO * sizeof *rho);
    const double cm2_per_pb = 1e-36;
    EOT_CHECK_MEMORY(zeta);
    EOT_CHECK_MEMORY(rho);
    for (int m = 0; m < material->n_nuclide; m++) {
        weight[m] = material->nuclide[m].atoms * cm2_per_pb;
        for (int i = 0; i < N_XSEC; i++) xsec[i] += weight[m] * of[m]->xsec[i];
    }
    for (int i = 0; i < N_ENERGY; i++) {
        for (int k = 0; k < N_FINE; k++) {
            density[k] = 0.0;
            for (int m = 0; m < material->n_nuclide; m++) density[k] += weight[m] * of[m]->density[i * N_FINE + k];
        }
        quantiles_make(density, N_FINE, warp_zeta, N_ZETA, &zeta[i * N_ZETA]);
        for (int r = 0; r < g->n_row; r++) {
            for (int j = 0; j < N_ANGLE; j++) {
                angle[j] = 0.0;
                for (int m = 0; m < material->n_nuclide; m++)
                    angle[j] += weight[m] * of[m]->angle[(i * g->n_row + r) * N_ANGLE + j];
            }
            quantiles_make(angle, N_ANGLE, warp_rho, N_RHO, &rho[(i * g->n_row + r) * N_RHO]);
        }
    }
    *d = (eot_lfc_table){.n_xsec = N_XSEC,
                         .n_energy = N_ENERGY,
                         .n_zeta = N_ZETA,
                         .n_row = g->n_row,
                         .n_rho = N_RHO,
                         .threshold = (float)g->threshold,
                         .E_max = (float)g->E_max,
                         .v_max = (float)g->v_max,
                         .m_i = (float)g->m_i,
                         .m_f = (float)g->m_f,
                         .m_phi = (float)g->m_phi,
                         .M = (float)g->heaviest.M,
                         .coupling = (float)g->h};
    EOT_TRY(eot_f32_table_append(table, xsec, N_XSEC, &d->xsec, err));
    EOT_TRY(eot_f32_table_append(table, zeta, N_ENERGY * N_ZETA, &d->zeta, err));
    EOT_TRY(eot_f32_table_append(table, rho, (size_t)N_ENERGY * (size_t)g->n_row * N_RHO, &d->rho, err));
done:
    free(zeta);
    free(rho);
    return status;
}

static enum eot_status materials_check(const struct eot_lfc_material *material, size_t n_material,
                                       struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(n_material > 0, EOT_E_USAGE, "no material (tables need at least one); give its nuclei");
    for (size_t i = 0; i < n_material; i++) {
        EOT_CHECK(material[i].n_nuclide >= 1 && material[i].n_nuclide <= EOT_LFC_MAX_NUCLIDE, EOT_E_USAGE,
                  "material %zu has %d nuclides (must be 1 to %d); change the mixture", i, material[i].n_nuclide,
                  EOT_LFC_MAX_NUCLIDE);
        for (int m = 0; m < material[i].n_nuclide; m++)
            EOT_CHECK(material[i].nuclide[m].atoms > 0.0 && isfinite(material[i].nuclide[m].atoms), EOT_E_USAGE,
                      "material %zu has %g atoms/cm3 of Z = %g (must be positive); change it", i,
                      material[i].nuclide[m].atoms, material[i].nuclide[m].Z);
    }
done:
    return status;
}

static void nucleus_free(struct nucleus *n) {
    free(n->xsec);
    free(n->density);
    free(n->angle);
}

/* The nucleus on this grid: found among those made before, or made. */
static enum eot_status nucleus_add(const struct grid *g, const struct eot_lfc_reaction *reaction,
                                   const struct eot_lfc_nuclide *nuclide, struct nucleus *nucleus, size_t *n_nucleus,
                                   const struct nucleus **found, double *worst, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (size_t i = 0; i < *n_nucleus; i++)
        if (nucleus[i].Z == nuclide->Z && nucleus[i].A == nuclide->A && nucleus[i].threshold == g->threshold) {
            *found = &nucleus[i];
            goto done;
        }
    struct nucleus *n = &nucleus[(*n_nucleus)++];
    *n = (struct nucleus){.Z = nuclide->Z, .A = nuclide->A, .threshold = g->threshold};
    n->xsec = calloc(N_XSEC, sizeof *n->xsec);
    n->density = calloc(N_ENERGY * N_FINE, sizeof *n->density);
    n->angle = calloc((size_t)N_ENERGY * (size_t)g->n_row * N_ANGLE, sizeof *n->angle);
    EOT_CHECK_MEMORY(n->xsec);
    EOT_CHECK_MEMORY(n->density);
    EOT_CHECK_MEMORY(n->angle);
    EOT_TRY(nucleus_xsec(g, reaction, n, worst, err));
    EOT_TRY(nucleus_densities(g, n, err));
    *found = n;
done:
    return status;
}

/* The grid of a material: its heaviest nucleus has the lowest threshold. */
static enum eot_status grid_make(const struct eot_lfc_reaction *reaction, double E_max,
                                 const struct eot_lfc_material *material, struct grid *g, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_lfc_reaction r = *reaction;
    r.A = 0.0;
    for (int m = 0; m < material->n_nuclide; m++)
        if (material->nuclide[m].A > r.A) {
            r.A = material->nuclide[m].A;
            r.Z = material->nuclide[m].Z;
        }
    *g = (struct grid){.n_row = reaction->process == EOT_LFC_MU2E ? N_ROW_MU2E : N_ROW_E2MU,
                       .h = reaction->coupling,
                       .m_phi = reaction->m_phi,
                       .sampler = reaction->sampler,
                       .E_max = E_max};
    EOT_TRY(eot_lfc_threshold_energy(&r, &g->threshold, err));
    eot_lfc_masses(reaction->process, &g->m_i, &g->m_f);
    g->heaviest = eot_lfc_system_from(g->m_i, g->m_f, g->m_phi, r.Z, r.A);
    EOT_CHECK(E_max > g->threshold, EOT_E_USAGE,
              "largest energy = %g GeV (not above the threshold of m_phi = %g GeV, %.6g GeV); give a larger energy or "
              "a smaller mass",
              E_max, g->m_phi, g->threshold);
    g->v_max = sqrt(sqrt(log(E_max / g->threshold)));
done:
    return status;
}

enum eot_status eot_lfc_tables_create(const struct eot_lfc_reaction *reaction, double E_max,
                                      const struct eot_lfc_material *material, size_t n_material,
                                      struct eot_f32_table *table, eot_lfc_table *descriptor, double *rel_error,
                                      struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct nucleus *nucleus = NULL;
    size_t n_nucleus = 0;
    double worst = 0.0;
    EOT_TRY(materials_check(material, n_material, err));
    nucleus = calloc(n_material * EOT_LFC_MAX_NUCLIDE, sizeof *nucleus);
    EOT_CHECK_MEMORY(nucleus);
    for (size_t i = 0; i < n_material; i++) {
        const struct nucleus *of[EOT_LFC_MAX_NUCLIDE];
        struct grid g;
        EOT_TRY(grid_make(reaction, E_max, &material[i], &g, err));
        for (int m = 0; m < material[i].n_nuclide; m++)
            EOT_TRY(nucleus_add(&g, reaction, &material[i].nuclide[m], nucleus, &n_nucleus, &of[m], &worst, err));
        EOT_TRY(material_tables(&g, &material[i], of, table, &descriptor[i], err));
    }
    if (rel_error != NULL) *rel_error = worst;
done:
    for (size_t k = 0; k < n_nucleus; k++) nucleus_free(&nucleus[k]);
    free(nucleus);
    return status;
}
