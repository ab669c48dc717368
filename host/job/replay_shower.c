/* A primary of a shower run again: its cascade, its vertices, their muons, what the experiment sees. */
#include "job/replay_steps.h"

#include "eotmc/transport/arrivals.h"
#include "eotmc/transport/lanes.h"

#include "eotmc/transport/lane_sums.h"
#include "job/job.h"
#include "world/launch.h"
#include "world/matter.h"

enum { MAX_RECORD = 256, N_SLOT = 4 };

/* A muon of the vertex of primary launch->first_primary. */
static enum eot_status follow_muon(const struct eot_world *w, const eot_event_launch *launch, eot_event_vertex v,
                                   int charge, i64 *acc, struct eot_replay_muon *out, eot_event_muon_end *end,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    end->out = eot_muon_outcome_none();
    end->ratio.decay = end->ratio.hard = 1.0f;
    if (!((charge > 0 ? v.E_plus : v.E_minus) > 0.0f)) return EOT_OK; /* no muon of this charge */
    eot_event_muon_state s = eot_event_muon_start(eot_world_matter(w), launch, launch->first_primary, v, charge, acc);
    eot_loss_choice choice = eot_event_loss_choice(w->table.value, &w->event, launch, launch->first_primary, v);
    eot_vec3 u = charge > 0 ? v.plus : v.minus;
    *out = (struct eot_replay_muon){.charge = charge,
                                    .E = (double)(charge > 0 ? v.E_plus : v.E_minus),
                                    .direction = {(double)u.x, (double)u.y, (double)u.z}};
    while (s.m.fate == EOT_MUON_ALIVE) {
        eot_muon_step step;
        eot_event_muon_step(&step, eot_world_matter(w), &w->event, &s.m, s.random, &choice);
        eot_event_muon_advance(&s, &step, eot_world_matter(w), &w->event, acc);
        end->ratio.decay = eot_loss_ratio_times(end->ratio.decay, step.ratio.decay);
        end->ratio.hard = eot_loss_ratio_times(end->ratio.hard, step.ratio.hard);
        if (s.n_step > EOT_MUON_MOST_STEPS && s.m.fate == EOT_MUON_ALIVE) s.m.fate = EOT_MUON_STUCK;
        EOT_TRY(eot_replay_add_muon_step(out, &s.m, &step, err));
    }
    eot_event_muon_finish(&s, acc);
    end->out = s.out;
    out->fate = s.out.fate;
    out->E_exit = (double)s.out.E_exit;
    for (int i = 0; i < EOT_N_PLANE; i++)
        out->hit[i] = (struct eot_replay_hit){s.out.hit[i].momentum > 0.0f, (double)s.out.hit[i].x,
                                              (double)s.out.hit[i].y, (double)s.out.hit[i].time};
done:
    return status;
}

/* On to what arrives next in the ECAL, with deposits. @param replay gets the steps; NULL: nothing does. */
static enum eot_status follow_line(const struct eot_world *w, eot_replay_view view, eot_deposit_view deposits,
                                   eot_replay_state *s, struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    eot_line_view line = eot_replay_line_view(view);
    while (!s->is_alive && s->line.is_alive) {
        eot_line_step step = eot_line_advance(line, s->line);
        eot_replay_line_deposit(&s->spots, step, line, deposits);
        eot_replay_line_taken(s, step, w->event.calorimeter_z);
        if (replay != NULL) EOT_TRY(eot_replay_add_line_step(replay, &step, err));
    }
done:
    return status;
}

/* The shower again with deposits; its steps if they are not there yet. */
static enum eot_status follow_shower(const struct eot_world *w, const eot_event_launch *launch,
                                     eot_vertex_record record, i64 *acc, f32 *stack, eot_event_vertex *vertex,
                                     struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    bool keeps = replay->step == NULL;
    eot_replay_view view = eot_replay_view_of(w->table.value, &w->event, launch, stack, 1, 0);
    view.matter = eot_world_matter(w);
    eot_deposit_view deposits = eot_replay_deposits(view, acc, NULL);
    eot_replay_state s = eot_replay_start(&w->event, launch, record);
    if (w->event.line.most > 0) {
        eot_replay_before(&s, view);
        EOT_TRY(follow_line(w, view, deposits, &s, keeps ? replay : NULL, err));
        if (!s.is_alive) eot_replay_ended(&s, view, deposits, w->em.cut);
    }
    while (s.is_alive) {
        eot_u32x4 block = eot_replay_block(s, launch);
        eot_replay_state before = s;
        eot_cascade_vertex v = eot_cascade_vertex_sample(w->table.value, w->em, s.q.p.E, s.q.p.z, s.q.p.type, block);
        eot_replay_stepped(&s, block, v, view, deposits, w->em, record);
        if (keeps) {
            EOT_TRY(eot_replay_add_step(replay, w, &before, &s, &v, err));
            replay->step[replay->n_step - 1].holds_vertex =
                launch->has_vertex && before.stage == EOT_STAGE_CASCADE && before.draw == eot_record_draw(record.draw);
        }
        if (!s.is_alive && s.stage == EOT_STAGE_CASCADE && !(s.vertex.fault & (u32)EOT_FAULT_ENDLESS))
            EOT_TRY(follow_line(w, view, deposits, &s, keeps ? replay : NULL, err));
        eot_replay_ended(&s, view, deposits, w->em.cut);
    }
    *vertex = s.vertex;
done:
    return status;
}

/* The history of a vertex's muons that the run has followed with deposits; where it has followed none, the first.
 * @param tally gets the steps. */
static eot_history history_of(const struct eot_world *w, const eot_event_launch *launch, uint64_t event,
                              eot_event_vertex v, i64 *tally) {
    f32 arrived[2 * EOT_MOST_HISTORIES];
    const eot_history first = eot_history_of(0, 1.0f);
    if (v.fault != 0u || eot_is_kept(event, launch->follow_threshold)) return first;
    for (u32 i = 0; i < 2 * launch->n_history; i++)
        arrived[i] = eot_event_muon_reaches(eot_world_matter(w), eot_event_view_of(&w->event, launch, NULL, tally),
                                            event, eot_vertex_with(v, i / 2), 1 - 2 * (int)(i % 2));
    eot_history h = eot_event_history(launch, event, v, arrived);
    return h.share > 0.0f ? h : first;
}

/* The rare vertices that the cascade finds in this shower. */
static enum eot_status find_vertices(const struct eot_world *w, const eot_cascade_parameters *parameters, f32 energy,
                                     f32 *stack, eot_vertex_record *record, size_t *n_record, double *rate,
                                     struct eot_error *err) {
    enum eot_status status = EOT_OK;
    f32 energies[2 * 2 * EOT_N_ARRIVAL] = {energy, energy};
    i64 sum[EOT_N_BEAM_SUM] = {0};
    eot_cascade_parameters own = *parameters;
    const eot_cascade_parameters *c = &own;
    own.n_arrival = w->event.line.most;
    own.arrival_stride = 2;
    if (own.n_arrival > 0)
        eot_arrivals_make(eot_line_view_of(eot_world_matter(w), &w->event, stack, c->seed, c->run), c, energies, sum);
    i64 track[3 * EOT_TRACK_BINS] = {0};
    eot_vertex_record slot[N_SLOT] = {{0}};
    u32 lane[EOT_N_LANE_WORD] = {0};
    eot_lane_start(0, c, energies, lane);
    eot_lane_view view = {w->table.value, c->threshold, energies, lane, stack, track, slot, NULL};
    *n_record = 0;
    while (lane[EOT_LANE_I_PRIMARY] == 0) {
        f32 before = eot_f32_from_bits(lane[EOT_LANE_WEIGHT]);
        eot_lanes_advance(0, view, w->em, *c);
        f32 weight = eot_f32_from_bits(lane[EOT_LANE_WEIGHT]);
        if (weight > before) *rate = (double)weight;
        for (u32 k = 0; k < lane[EOT_LANE_N_HIT] && !c->is_forced && *n_record < MAX_RECORD; k++)
            record[(*n_record)++] = slot[k];
        lane[EOT_LANE_N_HIT] = 0;
    }
    EOT_CHECK(
        lane[EOT_LANE_N_OVERFLOW] == 0, EOT_E_DEVICE,
        "the shower overflows the stack of %d particles (physics.cut too low for this energy?); raise physics.cut",
        EOT_STACK_DEPTH);
    if (c->is_forced && slot[0].weight > 0.0f) {
        *rate = (double)slot[0].weight;
        record[(*n_record)++] = slot[0];
    }
done:
    return status;
}

enum eot_status eot_replay_shower(const struct eot_config *config, const struct eot_world *w, uint64_t event,
                                  struct eot_replay *replay, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    i64 *acc = NULL, *tally = NULL;
    f32 *stack = NULL, mass[EOT_MAX_MASS];
    eot_vertex_record *record = NULL;
    size_t n_record = 0;
    const i32 n_mass = eot_n_mass(&w->event.vertex);
    acc = malloc(EOT_N_ACC * sizeof *acc);
    tally =
        calloc((size_t)(eot_tallies_size(n_mass * w->event.n_selection) + eot_products_size(n_mass)), sizeof *tally);
    stack = calloc(EOT_N_REPLAY_FIELD * EOT_STACK_DEPTH, sizeof *stack);
    record = calloc(MAX_RECORD, sizeof *record);
    EOT_CHECK_MEMORY(acc);
    EOT_CHECK_MEMORY(tally);
    EOT_CHECK_MEMORY(stack);
    EOT_CHECK_MEMORY(record);
    eot_event_launch launch = eot_event_launch_from(config, w);
    eot_cascade_parameters c = eot_run_cascade_parameters(config, w->rare_unit);
    c.first_primary = launch.first_primary = event;
    c.n_primary = c.n_lane = c.n_iteration = 1;
    c.track_tally = EOT_TRACK_NONE;
    c.n_slot = N_SLOT;
    c.has_ways = 0;
    f32 energy = eot_source_of(w->table.value, w->event.beam, event, launch.seed, launch.run, w->event.calorimeter_z).E;
    replay->E_beam = (double)energy;
    EOT_TRY(find_vertices(w, &c, energy, stack, record, &n_record, &replay->rate, err));
    replay->rate *= w->rare_unit;
    launch.has_vertex = n_record > 0;
    replay->vertex = calloc(n_record > 0 ? n_record : 1, sizeof *replay->vertex);
    EOT_CHECK_MEMORY(replay->vertex);
    for (size_t i = 0; i < n_record || i == 0; i++) {
        eot_event_vertex v;
        struct eot_replay_vertex *out = &replay->vertex[i];
        memset(acc, 0, EOT_N_ACC * sizeof *acc);
        EOT_TRY(follow_shower(w, &launch, record[i], acc, stack, &v, replay, err));
        if (n_record == 0) break;
        const eot_history history = history_of(w, &launch, event, v, tally);
        v = eot_vertex_with(v, history.number);
        replay->n_vertex = i + 1;
        *out = (struct eot_replay_vertex){.process = v.process,
                                          .parent = v.parent,
                                          .x = v.x,
                                          .y = v.y,
                                          .z = v.z,
                                          .time = (double)v.time,
                                          .k = (double)v.k,
                                          .depth_X0 = (double)v.depth_X0,
                                          .weight = (double)v.weight * (double)history.share * w->rare_unit,
                                          .draw = eot_record_draw(record[i].draw),
                                          .faults = v.fault};
        if (v.fault != 0u) continue;
        eot_event_muon_end end[2];
        for (int k = 0; k < 2; k++) EOT_TRY(follow_muon(w, &launch, v, 1 - 2 * k, acc, &out->muon[k], &end[k], err));
        eot_event ev = eot_event_reconstruct(w->table.value, eot_event_view_of(&w->event, &launch, acc, tally), event,
                                             v, end[0].out, end[1].out);
        eot_mass_weights(w->table.value, &w->event.vertex, v, mass);
        eot_scores scores = {tally, mass, history.share};
        if (ev.faults != 0u) { /* as the run does: it is given up */
            out->faults = v.fault = ev.faults;
            eot_event_reject(&w->event, 1, 1, v, scores, out->row);
            continue;
        }
        if (EOT_HAS_LOSSES(&w->event)) {
            scores.of_history *=
                eot_loss_weight(&w->event.losses, eot_event_loss_choice(w->table.value, &w->event, &launch, event, v),
                                end[0].ratio, end[1].ratio);
            out->weight = (double)(v.weight * scores.of_history) * w->rare_unit;
        }
        eot_event_select(&w->event, &launch, 1, v, ev, acc, scores, out->row);
        eot_event_hits_record(end[0].out, end[1].out, out->row);
        i64 recoil = (i64)floor(eot_run_complete_row(w, &launch, event, out->row) * EOT_ENERGY_QUANTUM + 0.5);
        acc[EOT_ACC_LEDGER_PHI] -= recoil;
        acc[EOT_ACC_LEDGER_RECOIL] += recoil;
        i64 missing = eot_energy_counts(v.E_beam);
        for (int k = 0; k < EOT_N_LEDGER; k++) {
            out->ledger[k] = (double)acc[k] / EOT_ENERGY_QUANTUM;
            missing -= acc[k];
        }
        for (int k = 0; k < EOT_N_ECAL_CELL; k++)
            out->ecal_cell[k] = (double)acc[EOT_ACC_ECAL_CELL + k] / EOT_ENERGY_QUANTUM;
        out->energy_in = (double)v.E_beam;
        out->residual = (double)missing / EOT_ENERGY_QUANTUM;
    }
done:
    free(acc);
    free(tally);
    free(stack);
    free(record);
    return status;
}
