/* Files and figure of `eotmc tables`. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device/source.h"
#include "eotmc/base/constants.h"
#include "eotmc/physics/dimuon_gamma.h"
#include "output/gnuplot.h"
#include "output/output.h"
#include "physics/dimuon.h"
#include "physics/muon_tables.h"
#include "physics/process.h"
#include "tables.h"

enum { MAX_POINT = 256 };
static const double MUON_LOW = 1e-3, MUON_HIGH = 300.0, GAMMA_HIGH = 1000.0; /* GeV */

void eot_tables_medium_name(const struct eot_em_medium *medium, char *name, size_t n_name) {
    size_t n = 0;
    name[0] = '\0';
    for (int i = 0; i < medium->n_constituent && n < n_name; i++)
        n += (size_t)snprintf(name + n, n_name - n, "%s%s", i > 0 ? "+" : "", medium->material[i]->name);
}

static int compare_doubles(const void *a, const void *b) {
    double u = *(const double *)a, v = *(const double *)b;
    return (u > v) - (u < v);
}

/* Energies from low to high: both ends, 10^(i/per_decade), and 1, 2, 5 of each decade, exact as decimal numbers. */
static int energies_between(double low, double high, int per_decade, double energy[MAX_POINT]) {
    int n = 0;
    energy[n++] = low;
    energy[n++] = high;
    for (int decade = (int)floor(log10(low)); decade <= (int)floor(log10(high)) && n + per_decade + 3 < MAX_POINT;
         decade++) {
        char text[32];
        for (int i = 0; i < 3; i++) {
            snprintf(text, sizeof text, "%de%d", (const int[]){1, 2, 5}[i], decade);
            energy[n++] = strtod(text, NULL);
        }
        for (int i = 1; i < per_decade; i++) energy[n++] = pow(10.0, decade + (double)i / per_decade);
    }
    qsort(energy, (size_t)n, sizeof *energy, compare_doubles);
    int kept = 0;
    for (int i = 0; i < n; i++)
        if (energy[i] >= low && energy[i] <= high && (kept == 0 || energy[i] > energy[kept - 1] * (1.0 + 1e-9)))
            energy[kept++] = energy[i];
    return kept;
}

static enum eot_status write_text(const char *folder, const char *name, struct eot_text *text, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    EOT_CHECK(!text->is_failed, EOT_E_MEMORY, "out of memory while writing '%s/%s'; free memory", folder, name);
    EOT_TRY(eot_output_write_file(folder, name, text->text, text->n, err));
done:
    eot_text_free(text);
    return status;
}

static enum eot_status dump_medium(const char *folder, const struct eot_em_options *o, int m, const struct eot_world *w,
                                   struct eot_error *err) {
    const struct eot_em_medium *medium = &o->medium[m];
    struct eot_em_options with_tables = *o;
    struct eot_text text = {0};
    double energy[MAX_POINT];
    char medium_name[160], file[192];
    eot_tables_medium_name(medium, medium_name, sizeof medium_name);
    snprintf(file, sizeof file, "em_%s.csv", medium_name);
    eot_text_add(&text,
                 "# %s: macroscopic cross sections [1/cm] and ionisation [GeV/cm]; bremsstrahlung of photons above the "
                 "cut of %.6g GeV; LPM effect %s\n",
                 medium_name, o->cut, o->lpm ? "on" : "off");
    eot_text_add(&text, "energy_GeV,brems_per_cm,pair_per_cm,compton_per_cm,");
    for (int p = 0; p < EOT_N_RARE; p++)
        if (o->rare[p]) eot_text_add(&text, "%s_per_cm,", eot_process_at(p)->key);
    eot_text_add(&text, "ionisation_GeV_per_cm\n");
    with_tables.vertex = &w->event.vertex;
    int n = energies_between(o->cut, o->energy_max, 20, energy);
    for (int i = 0; i < n; i++) {
        struct eot_em_rates r = eot_em_rates_at(medium, energy[i], o->cut, o->lpm);
        eot_text_add(&text, "%.10g,%.8g,%.8g,%.8g,", energy[i], r.brems, r.pair, r.compton);
        for (int p = 0; p < EOT_N_RARE; p++)
            if (o->rare[p])
                eot_text_add(&text, "%.8g,",
                             w->rare_unit * eot_process_at(p)->rate(&with_tables, &w->table, m, energy[i], NULL));
        eot_text_add(&text, "%.8g\n", r.ionisation);
    }
    return write_text(folder, file, &text, err);
}

static enum eot_status dump_dimuon(const char *folder, const struct eot_em_options *o, struct eot_error *err) {
    struct eot_text text = {0};
    double energy[MAX_POINT];
    const struct eot_element *seen[EOT_N_MEDIUM_MAX * EOT_N_CONSTITUENT * EOT_MAX_ELEMENT];
    int n_seen = 0, n = energies_between(2.0 * EOT_M_MUON, GAMMA_HIGH, 20, energy);
    eot_text_add(&text, "# gamma A -> mu+ mu- A: integral of the differential formula of Burkhardt, Kelner and "
                        "Kokoulin (CERN-SL-2002-016), which is simulated, and their fit of the total\n");
    eot_text_add(&text, "photon_energy_GeV,Z,A,integral_microbarn,bkk_fit_microbarn\n");
    for (int m = 0; m < o->n_medium; m++)
        for (int c = 0; c < o->medium[m].n_constituent; c++)
            for (int j = 0; j < o->medium[m].material[c]->n_element; j++) {
                const struct eot_element *e = &o->medium[m].material[c]->element[j];
                bool is_new = true;
                for (int i = 0; i < n_seen; i++) is_new = is_new && seen[i]->Z != e->Z;
                if (!is_new) continue;
                seen[n_seen++] = e;
                for (int i = 0; i < n; i++)
                    eot_text_add(&text, "%.10g,%d,%.8g,%.8g,%.8g\n", energy[i], e->Z, e->A,
                                 1e30 * eot_dimuon_gamma_xsec(energy[i], e->Z, e->A),
                                 1e30 * eot_dimuon_gamma_xsec_fit(energy[i], e->Z, e->A));
            }
    return write_text(folder, "dimuon_gamma_xsec.csv", &text, err);
}

/* Rows at the energies of the dump; the caller frees them. */
static enum eot_status muon_rows(const struct eot_material *material, struct eot_muon_dedx_row **row, int *n,
                                 struct eot_error *err) {
    enum eot_status status = EOT_OK;
    /* the energies of D. E. Groom, N. V. Mokhov, S. I. Striganov, At. Data Nucl. Data Tables 78 (2001) 183, exact as
     * decimal numbers: to compare line by line */
    static const int in_decade[] = {10, 12, 14, 17, 20, 25, 30, 35, 40, 45, 50, 55, 60, 70, 80, 90};
    double energy[MAX_POINT];
    *n = 0;
    for (int i = 0; i < MAX_POINT; i++) {
        char text[32];
        snprintf(text, sizeof text, "%de%d", in_decade[i % 16], (int)floor(log10(MUON_LOW)) - 1 + i / 16);
        double T = strtod(text, NULL);
        if (T > MUON_HIGH) break;
        energy[(*n)++] = T;
    }
    *row = calloc((size_t)*n, sizeof **row);
    EOT_CHECK_MEMORY(*row);
    EOT_TRY(eot_muon_dedx(material, energy, *n, *row, err));
done:
    return status;
}

static bool is_matter(const struct eot_material *m) { return m->density > 0.0 && m->n_element > 0; }

static enum eot_status dump_muon(const char *folder, const struct eot_material *material, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_text text = {0};
    struct eot_muon_dedx_row *row = NULL;
    char file[96];
    int n = 0;
    EOT_TRY(muon_rows(material, &row, &n, err));
    snprintf(file, sizeof file, "muon_dedx_%s.csv", material->name);
    eot_text_add(&text,
                 "# %s: stopping power of muons by process [MeV cm2/g], range in the continuous slowing-down "
                 "approximation [g/cm2]\n",
                 material->name);
    eot_text_add(&text, "kinetic_energy_GeV,ionisation,brems,pair,photonuclear,total,csda_range_g_cm2\n");
    for (int i = 0; i < n; i++)
        eot_text_add(&text, "%.10g,%.8g,%.8g,%.8g,%.8g,%.8g,%.8g\n", row[i].kinetic_energy, row[i].ionisation,
                     row[i].brems, row[i].pair, row[i].photonuclear, row[i].total, row[i].csda_range);
    EOT_TRY(write_text(folder, file, &text, err));
done:
    eot_text_free(&text);
    free(row);
    return status;
}

enum eot_status eot_tables_dump(const char *folder, const struct eot_setup *setup, const struct eot_em_options *o,
                                const struct eot_world *w, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    for (int m = 0; m < o->n_medium; m++) EOT_TRY(dump_medium(folder, o, m, w, err));
    if (o->n_medium > 0) EOT_TRY(dump_dimuon(folder, o, err));
    for (int i = 0; i < setup->n_material; i++)
        if (is_matter(&setup->material[i])) EOT_TRY(dump_muon(folder, &setup->material[i], err));
done:
    return status;
}

/* Published stopping powers of a material, those of the figure's range: a data block with the columns of ours. @return
 * their number. */
static int reference_block(const char *material, struct eot_text *data) {
    int n = 0;
    const char *line = NULL;
    for (size_t i = 0; i < eot_n_embedded_file; i++)
        if (strcmp(eot_embedded_files[i].name, "tests/reference/muon_dedx.csv") == 0) line = eot_embedded_files[i].text;
    for (; line != NULL && *line != '\0'; line = strchr(line, '\n') != NULL ? strchr(line, '\n') + 1 : NULL) {
        char name[32];
        double T, part[5];
        if (sscanf(line, "%31[a-z],%lf,%lf,%lf,%lf,%lf,%lf", name, &T, part, part + 1, part + 2, part + 3, part + 4) !=
                7 ||
            strcmp(name, material) != 0)
            continue;
        if (n++ == 0) eot_text_add(data, "# %s: the same, PUMAS tables (github.com/niess/pumas-materials)\n", material);
        eot_text_add(data, "%.8g %.8g %.8g %.8g %.8g %.8g\n", T, part[4], part[0], part[1], part[2], part[3]);
    }
    if (n > 0) eot_text_add(data, "\n\n");
    return n;
}

enum eot_status eot_tables_figure(const char *folder, const struct eot_setup *setup, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    static const char *const process[] = {"total", "ionisation", "bremsstrahlung", "pair production", "photonuclear"};
    static const char *const colour[] = {"black", "#0072B2", "#E69F00", "#009E73", "#CC79A7"};
    struct eot_text data = {0}, body = {0};
    struct eot_muon_dedx_row *row = NULL;
    int n_panel = 0, n_column, n_row, n_block = 0;
    bool is_named = false; /* the points are, in the key */
    for (int i = 0; i < setup->n_material; i++) n_panel += is_matter(&setup->material[i]);
    n_column = n_panel > 4 ? 3 : n_panel > 1 ? 2 : 1;
    n_row = (n_panel + n_column - 1) / n_column;
    EOT_CHECK(n_panel > 0, EOT_E_CONFIG, "no material with a density above 0 (nothing to draw); leave --figure out");
    eot_text_add(&body,
                 "set logscale xy\nset format x '10^{%%T}'\nset format y '10^{%%T}'\nset xrange [%g:%g]\nset yrange "
                 "[1e-4:1e3]\nset xlabel 'kinetic energy [GeV]'\n"
                 "set ylabel '-dE/dx [MeV cm^2/g]'\nset key top center font ',18'\nset grid lc rgb '#dddddd'\nset "
                 "multiplot layout %d, %d\n",
                 MUON_LOW, MUON_HIGH, n_row, n_column);
    int i_panel = 0;
    for (int i = 0; i < setup->n_material; i++) {
        const struct eot_material *m = &setup->material[i];
        int n = 0;
        if (!is_matter(m)) continue;
        EOT_TRY(muon_rows(m, &row, &n, err));
        eot_text_add(&data,
                     "# %s: kinetic energy [GeV], total, ionisation, bremsstrahlung, pair production, photonuclear "
                     "[MeV cm2/g]\n",
                     m->name);
        for (int k = 0; k < n; k++)
            eot_text_add(&data, "%.8g %.8g %.8g %.8g %.8g %.8g\n", row[k].kinetic_energy, row[k].total,
                         row[k].ionisation, row[k].brems, row[k].pair, row[k].photonuclear);
        eot_text_add(&data, "\n\n");
        free(row);
        row = NULL;
        bool has_points = reference_block(m->name, &data) > 0;
        eot_text_add(&body, "set title ");
        eot_text_add_quoted(&body, m->name, 0);
        eot_text_add(&body, "\nplot ");
        for (int p = 0; p < 5; p++)
            eot_text_add(&body, "%s'muon_dedx.dat' index %d using 1:($%d>0?$%d:NaN) with lines lw 2 lc rgb '%s' %s%s%s",
                         p > 0 ? ", " : "", n_block, p + 2, p + 2, colour[p], i_panel == 0 ? "title '" : "notitle",
                         i_panel == 0 ? process[p] : "", i_panel == 0 ? "'" : "");
        for (int p = 0; has_points && p < 5; p++)
            eot_text_add(
                &body, ", 'muon_dedx.dat' index %d using 1:($%d>0?$%d:NaN) with points pt 7 ps 1.2 lc rgb '%s' %s",
                n_block + 1, p + 2, p + 2, colour[p], p == 0 && !is_named ? "title 'PUMAS tables'" : "notitle");
        is_named = is_named || has_points;
        n_block += has_points ? 2 : 1;
        eot_text_add(&body, "\n");
        i_panel++;
    }
    eot_text_add(&body, "unset multiplot\n");
    EOT_TRY(eot_gnuplot_figure(folder, "muon_dedx", (size_t)n_column * 800, (size_t)n_row * 640, &data, &body, err));
done:
    free(row);
    eot_text_free(&data);
    eot_text_free(&body);
    return status;
}
