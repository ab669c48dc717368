/* A hadron of a beam again: the row of the record, by the kernel's own function, and the muon of its decay. */
#include "job/replay_steps.h"

#include "eotmc/select/hadron_score.h"
#include "job/job.h"
#include "world/launch.h"
#include "world/matter.h"

/* Buffers of one hadron, on the host. */
struct host_space {
    i64 acc[EOT_N_ACC], of_hadrons[EOT_N_LEDGER + EOT_N_HADRON_TERM], counter[EOT_N_HADRON_COUNTER];
    eot_selected selected[EOT_MAX_SELECTION];
};

/* The muon of the decay, if it has one, step by step. */
static enum eot_status follow_muon(eot_hadron_run run, const eot_hadron_launch *launch, struct eot_replay *replay,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    struct eot_replay_muon *out = &replay->beam_muon;
    eot_hadron_event ev;
    eot_hadron_event_clear(&ev);
    eot_primary source = eot_source_of(run.view.matter.table, run.e->beam, run.primary, run.launch->seed,
                                       run.launch->run, run.e->beam.position_z);
    eot_hadron_flight f;
    eot_hadron_to_decay(&f, &run, source, launch, &ev);
    if (!(ev.v.weight > 0.0f)) return EOT_OK;
    eot_hadron_products products;
    eot_hadron_decayed(&products, &run, eot_hadron_parent_of(f.h), EOT_HADRON_STREAM_DECAY);
    for (int i = 0; i < products.n && i < EOT_MOST_PRODUCTS; i++) {
        eot_hadron_product p = products.item[i];
        if (p.type != EOT_PRODUCT_MUON) continue;
        eot_event_muon_state s =
            eot_event_muon_start(run.view.matter, run.launch, run.primary,
                                 eot_hadron_muon_vertex(p, f.h.m, i + EOT_HADRON_FIRST_MUON), p.charge, run.acc);
        *out = (struct eot_replay_muon){
            .charge = p.charge,
            .E = (double)p.E,
            .direction = {(double)p.direction.x, (double)p.direction.y, (double)p.direction.z}};
        while (s.m.fate == EOT_MUON_ALIVE && s.n_step <= EOT_MUON_MOST_STEPS) {
            eot_muon_step step = eot_muon_advance(run.view.matter, s.m, s.random);
            eot_event_muon_advance(&s, &step, run.view.matter, run.e, run.acc);
            EOT_TRY(eot_replay_add_muon_step(out, &s.m, &step, err));
        }
        out->fate = s.m.fate;
        out->E_exit = (double)s.out.E_exit;
        for (int k = 0; k < EOT_N_PLANE; k++)
            out->hit[k] = (struct eot_replay_hit){s.out.hit[k].momentum > 0.0f, (double)s.out.hit[k].x,
                                                  (double)s.out.hit[k].y, (double)s.out.hit[k].time};
    }
done:
    return status;
}

enum eot_status eot_replay_hadron(const struct eot_config *config, const struct eot_world *world, uint64_t event,
                                  struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sampling_config *sampling = &config->sampling;
    eot_event_launch event_launch = eot_event_launch_from(config, world);
    const eot_hadron_launch launch = {.first_primary = event,
                                      .n_primary = 1u,
                                      .seed = sampling->seed,
                                      .run = sampling->run,
                                      .is_forced = sampling->mode == EOT_SAMPLING_FORCED,
                                      .enhancement = (f32)sampling->analog_enhancement};
    struct host_space *host = calloc(1, sizeof *host);
    EOT_CHECK_MEMORY(host);
    event_launch.has_vertex = 0;
    const eot_hadron_run run = {.view = {.matter = eot_world_matter(world),
                                         .hadron = &world->hadron,
                                         .scatters = world->event.multiple_scattering,
                                         .enhancement = launch.is_forced ? 1.0f : launch.enhancement},
                                .e = &world->event,
                                .launch = &event_launch,
                                .acc = host->acc,
                                .of_hadrons = host->of_hadrons,
                                .primary = event};
    eot_hadron_follow(run, &launch, replay->row, host->selected, host->counter);
    replay->E_beam = (double)replay->row[EOT_HADRON_C_BEAM];
    replay->rate = (double)replay->row[EOT_HADRON_C_WEIGHT];
    replay->has_row = true;
    EOT_TRY(follow_muon(run, &launch, replay, err));
done:
    free(host);
    return status;
}
