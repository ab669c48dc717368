#include "output/hepmc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "eotmc/physics/hadron_decay.h"
#include "eotmc/transport/hadron_world.h"
#include "output/hepmc_file.h"

static const double C_MM_PER_NS = 299.792458, MM_PER_CM = 10.0;

/* Where the columns are that a decay is made from; row[0] is the primary. */
struct columns {
    size_t weight, beam, hadron, channel, x, y, z, time, direction, cuts;
};

static size_t place_of(const struct eot_event_table *events, const char *name) {
    size_t i = 0;
    while (i < events->n_column && strcmp(events->column[i].name, name) != 0) i++;
    return i < events->n_column ? i : 0;
}

static struct columns columns_of(const struct eot_event_table *e) {
    return (struct columns){.weight = place_of(e, "weight"),
                            .beam = place_of(e, "beam_energy_GeV"),
                            .hadron = place_of(e, "hadron_energy_GeV"),
                            .channel = place_of(e, "channel"),
                            .x = place_of(e, "vertex_x_cm"),
                            .y = place_of(e, "vertex_y_cm"),
                            .z = place_of(e, "vertex_z_cm"),
                            .time = place_of(e, "time_ns"),
                            .direction = place_of(e, "hadron_direction_x"),
                            .cuts = place_of(e, "cuts_passed")};
}

/* Code and mass of a product. @param channel of the decay, for its neutrino. */
static int code_of(const eot_hadron_product *p, int channel, int parent_charge, double *mass) {
    bool is_electronic = channel == EOT_CHANNEL_PI_E_NU || channel == EOT_CHANNEL_K_PI0_E_NU;
    *mass = 0.0;
    switch (p->type) {
    case EOT_PRODUCT_MUON: *mass = EOT_M_MUON; return -13 * p->charge;
    case EOT_PRODUCT_ELECTRON: *mass = EOT_M_ELECTRON; return -11 * p->charge;
    case EOT_PRODUCT_PION: *mass = EOT_M_PION; return 211 * p->charge;
    case EOT_PRODUCT_NEUTRINO: return (is_electronic ? 12 : 14) * parent_charge;
    }
    return 22;
}

static void print_particle(FILE *file, int number, int from, int code, const double p[4], double mass, int status) {
    fprintf(file, "P %d %d %d %.16e %.16e %.16e %.16e %.16e %d\n", number, from, code, p[1], p[2], p[3], p[0], mass,
            status);
}

/* One decay. @param weight per hadron of the beam. */
static void print_decay(FILE *file, size_t number, const struct eot_config *config, const double *row,
                        const struct columns *c, double weight) {
    double mass = eot_beam_mass(config), E = row[c->hadron], p = sqrt(fmax(E * E - mass * mass, 0.0));
    eot_vec3 u = {row[c->direction], row[c->direction + 1], row[c->direction + 2]};
    const eot_hadron_parent parent = {.kind = mass < 0.3 ? EOT_HADRON_PION : EOT_HADRON_KAON,
                                      .charge = eot_beam_charge(config),
                                      .mass = mass,
                                      .E = E,
                                      .p = p,
                                      .direction = eot_vec3_unit(u)};
    eot_hadron_products d =
        eot_hadron_decay_sample(parent, eot_random_init((u64)row[0], EOT_STAGE_HADRON, EOT_HADRON_STREAM_DECAY,
                                                        config->sampling.seed, config->sampling.run));
    const double at[4] = {row[c->x] * MM_PER_CM, row[c->y] * MM_PER_CM, row[c->z] * MM_PER_CM,
                          row[c->time] * C_MM_PER_NS},
                 in[4] = {E, p * parent.direction.x, p * parent.direction.y, p * parent.direction.z};
    fprintf(file, "E %zu 1 %d\nU GEV MM\nW %.16e\n", number, d.n + 1, weight);
    fprintf(file, "A 0 beam_energy_GeV %.9g\nA 0 channel %d\nA 0 cuts_passed %d\nA 0 primary %.0f\n", row[c->beam],
            d.channel, (int)row[c->cuts], row[0]);
    print_particle(file, 1, 0, (parent.kind == EOT_HADRON_PION ? 211 : 321) * parent.charge, in, mass, 4);
    fprintf(file, "V -1 0 [1] @ %.16e %.16e %.16e %.16e\n", at[0], at[1], at[2], at[3]);
    for (int i = 0; i < d.n; i++) {
        const eot_hadron_product *q = &d.item[i];
        double m;
        int code = code_of(q, d.channel, parent.charge, &m);
        double size = eot_momentum_of(q->E, m),
               out[4] = {q->E, size * q->direction.x, size * q->direction.y, size * q->direction.z};
        print_particle(file, i + 2, -1, code, out, m, 1);
    }
}

enum eot_status eot_output_hepmc_hadrons(const char *folder, const struct eot_config *config,
                                         const struct eot_result *result, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_event_table *events = &result->events;
    const struct columns c = columns_of(events);
    const double fraction = config->scoring.record_fraction;
    struct eot_hepmc_file file = {.out = NULL};
    EOT_CHECK(events->n_event == 0 || (c.weight > 0 && c.direction > 0 && c.hadron > 0), EOT_E_INTERNAL,
              "decays of hadrons without the columns that make them; report this as a bug");
    EOT_TRY(eot_hepmc_begin(folder, result, "per_hadron", "hadrons_simulated", fraction, &file, err));
    for (size_t i = 0; i < events->n_event; i++) {
        const double *row = events->value + i * events->n_column;
        print_decay(file.out, i, config, row, &c, row[c.weight] / file.n_primary / fraction);
    }
done:
    return eot_hepmc_end(&file, status, err);
}
