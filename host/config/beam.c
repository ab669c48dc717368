/* What is known of the beam's particle: rows of beam_particles.def. */
#include "config/config.h"
#include "eotmc/physics/hadron.h"

static const struct {
    double mass;
    int charge;
    enum eot_beam_kind kind;
} PARTICLES[] = {
#define EOT_BEAM_PARTICLE(symbol, word, mass, charge, kind) {mass, charge, EOT_BEAM_KIND_##kind},
#include "beam_particles.def"
#undef EOT_BEAM_PARTICLE
};

double eot_beam_mass(const struct eot_config *config) { return PARTICLES[config->beam.particle].mass; }
int eot_beam_charge(const struct eot_config *config) { return PARTICLES[config->beam.particle].charge; }
enum eot_beam_kind eot_beam_kind_of(const struct eot_config *config) { return PARTICLES[config->beam.particle].kind; }
bool eot_beam_is_hadron(const struct eot_config *config) { return eot_beam_kind_of(config) == EOT_BEAM_KIND_HADRON; }
bool eot_beam_is_muon(const struct eot_config *config) { return eot_beam_kind_of(config) == EOT_BEAM_KIND_MUON; }
