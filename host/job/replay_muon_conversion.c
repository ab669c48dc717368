/* A muon of a beam again: to where it converts, the electron's shower there, what the experiment sees. */
#include "job/replay_steps.h"

#include "job/job.h"
#include "world/launch.h"
#include "world/matter.h"

/* Buffers of one muon, on the host. */
struct host_space {
    i64 acc[EOT_N_ACC], counter[EOT_N_CONVERSION_COUNTER];
    f32 stack[EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH];
};

/* Steps of the muon up to the one it converts on, or through the ECAL if it does not; that one too, as far as it gets.
 */
static enum eot_status follow_muon(eot_conversion_world w, eot_event_muon_state *s, eot_conversion_choice c, i64 *acc,
                                   struct eot_replay_muon *out, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    int n = c.chosen >= 0 ? c.chosen : c.n_step;
    for (int i = 0; i < n && s->m.fate == EOT_MUON_ALIVE; i++) {
        eot_muon_step step = eot_muon_advance(w.matter, s->m, s->random);
        eot_event_muon_advance(s, &step, w.matter, w.e, acc);
        EOT_TRY(eot_replay_add_muon_step(out, &s->m, &step, err));
    }
    out->fate = s->m.fate;
done:
    return status;
}

/* The electron's shower, step by step. */
static enum eot_status follow_shower(const struct eot_world *world, eot_conversion_world w, eot_event_vertex v,
                                     uint64_t primary, int charge, eot_conversion_space space,
                                     struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_replay_state r = eot_conversion_electron(w, v, primary, charge);
    if (v.E_extra < w.em->cut) {
        eot_conversion_spots(w, v, r, space);
        return EOT_OK;
    }
    while (r.is_alive) {
        eot_replay_state before = r;
        eot_cascade_vertex step;
        eot_conversion_shower_advance(w, &r, space, &step);
        EOT_TRY(eot_replay_add_step(replay, world, &before, &r, &step, err));
    }
    replay->vertex[0].faults |= r.vertex.fault;
done:
    return status;
}

static void account(const struct host_space *host, double E_beam, struct eot_replay_vertex *out) {
    i64 missing = eot_energy_counts((f32)E_beam);
    for (int k = 0; k < EOT_N_LEDGER; k++) {
        out->ledger[k] = (double)host->acc[k] / EOT_ENERGY_QUANTUM;
        missing -= host->acc[k];
    }
    for (int k = 0; k < EOT_N_ECAL_CELL; k++)
        out->ecal_cell[k] = (double)host->acc[EOT_ACC_ECAL_CELL + k] / EOT_ENERGY_QUANTUM;
    out->energy_in = E_beam;
    out->residual = (double)missing / EOT_ENERGY_QUANTUM;
}

enum eot_status eot_replay_muon_conversion(const struct eot_config *config, const struct eot_world *world,
                                           uint64_t event, struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_event_launch launch = eot_event_launch_from(config, world);
    int charge = eot_beam_charge(config);
    struct host_space *host = calloc(1, sizeof *host);
    replay->vertex = calloc(1, sizeof *replay->vertex);
    EOT_CHECK_MEMORY(host);
    EOT_CHECK_MEMORY(replay->vertex);
    launch.has_vertex = 0;
    const eot_conversion_world w = {
        .matter = eot_world_matter(world), .em = &world->em, .e = &world->event, .launch = &launch};
    const eot_conversion_space space = {.acc = host->acc, .counter = host->counter, .stack = host->stack, .n_item = 1};
    f32 E;
    struct eot_replay_vertex *out = &replay->vertex[0];
    eot_event_muon_state s = eot_conversion_start(w, event, charge, host->acc, &E);
    eot_conversion_choice c = eot_conversion_choose(w, s, event);
    replay->E_beam = (double)E;
    replay->rate = (double)c.weight * world->rare_unit;
    replay->beam_muon = (struct eot_replay_muon){
        .charge = charge,
        .E = (double)E,
        .direction = {(double)s.m.direction.x, (double)s.m.direction.y, (double)s.m.direction.z}};
    EOT_TRY(follow_muon(w, &s, c, host->acc, &replay->beam_muon, err));
    if (c.fault != 0u || c.chosen < 0) goto done; /* its fate says why */
    eot_event_vertex v = eot_conversion_vertex(w, s, c, event, host->acc);
    v.E_beam = E;
    replay->n_vertex = 1;
    *out = (struct eot_replay_vertex){.process = EOT_RARE_LFC,
                                      .x = v.x,
                                      .y = v.y,
                                      .z = v.z,
                                      .time = (double)s.m.time,
                                      .k = (double)v.k,
                                      .depth_X0 = (double)v.depth_X0,
                                      .weight = replay->rate,
                                      .draw = (uint32_t)c.chosen,
                                      .E_electron = (double)v.E_extra,
                                      .faults = v.fault};
    if (v.fault != 0u) goto done;
    EOT_TRY(follow_shower(world, w, v, event, charge, space, replay, err));
    if (out->faults != 0u) goto done;
    eot_conversion_score(w, event, v, space, out->row);
    out->row[EOT_CONVERSION_WEIGHT] = (float)(world->rare_unit * (double)out->row[EOT_CONVERSION_WEIGHT]);
    account(host, (double)E, out);
done:
    free(host);
    return status;
}
