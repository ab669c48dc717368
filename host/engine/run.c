#include "engine/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char BEFORE_PLANES[] = "before planes";

bool eot_run_keeps_events(const struct eot_sums *sums) {
    const struct eot_sums_layout *l = &sums->layout;
    return l->n_section > EOT_RUN_BEFORE && strcmp(l->section[EOT_RUN_BEFORE].name, BEFORE_PLANES) == 0;
}

bool eot_run_has_states(const struct eot_config *config) {
    for (size_t p = 0; p < config->output.n_plane; p++)
        if (config->output.plane[p].format == EOT_PLANE_HDF5) return true;
    return false;
}

void eot_run_layout(const struct eot_run_shape *shape, struct eot_sums_layout *layout) {
    const size_t n_channel = EOT_N_RARE_CHANNEL, n_selection = shape->n_selection;
    eot_sums_section_add(layout, "track", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, 3 * EOT_TRACK_BINS, true);
    eot_sums_section_add(layout, "event", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, n_selection * EOT_N_TALLY, true);
    eot_sums_section_add(layout, "work", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, EOT_N_RUN_WORK, false);
    eot_sums_section_add(layout, "excluded.count", EOT_SUMS_COUNT, EOT_SUMS_APART, 1, false);
    eot_sums_section_add(layout, "excluded", EOT_SUMS_WIDE, EOT_SUMS_APART, 2 * n_channel, false);
    eot_sums_section_add(layout, "shower.count", EOT_SUMS_COUNT, EOT_SUMS_APART, 1, false);
    eot_sums_section_add(layout, "shower", EOT_SUMS_WIDE, EOT_SUMS_APART, EOT_N_SHOWER_SUM, false);
    eot_sums_section_add(layout, "shower.profile", EOT_SUMS_WIDE, EOT_SUMS_APART, 2 * EOT_MAX_PROFILE, false);
    eot_sums_section_add(layout, "shower.cell", EOT_SUMS_WIDE, EOT_SUMS_APART, 2 * EOT_N_ECAL_CELL, false);
    eot_sums_section_add(layout, "largest weight", EOT_SUMS_MAXIMUM, EOT_SUMS_PER_RUN, 1, true);
    /* the same events as in the tallies: the tally hash does not need them */
    eot_sums_section_add(layout, "selected", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, n_selection * EOT_N_MAP, false);
    eot_sums_section_add(layout, "planes", EOT_SUMS_COUNT, EOT_SUMS_PER_RUN, shape->n_plane, false);
    eot_sums_section_add(layout, BEFORE_PLANES, EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK,
                         shape->has_states ? n_selection * EOT_N_TALLY : 0, false);
    if (!shape->has_arrivals) return;
    eot_sums_section_add(layout, "beam", EOT_SUMS_COUNT, EOT_SUMS_PER_BLOCK, EOT_N_BEAM_SUM, true);
    eot_sums_section_add(layout, "shower.missed", EOT_SUMS_WIDE, EOT_SUMS_APART, 2, false);
}

enum eot_status eot_run_view(struct eot_run *run, struct eot_error *err) {
    enum eot_status status = EOT_OK;
    const struct eot_sums *s = &run->sums;
    free(run->block);
    run->n_block = s->frame.n_block;
    run->block = calloc(run->n_block, sizeof *run->block);
    EOT_CHECK_MEMORY(run->block);
    for (size_t i = 0; i < run->n_block; i++) {
        const int64_t *work = eot_sums_at(s, EOT_RUN_WORK, i);
        run->block[i] =
            (struct eot_block){.n_primary = s->block_primaries[i],
                               .track = eot_sums_at(s, EOT_RUN_TRACK, i),
                               .event = eot_sums_at(s, EOT_RUN_EVENT, i),
                               .map = eot_sums_at(s, EOT_RUN_SELECTED, 0),
                               .beam = s->layout.n_section > EOT_RUN_BEAM ? eot_sums_at(s, EOT_RUN_BEAM, i) : NULL,
                               .n_step = (uint64_t)work[EOT_RUN_N_STEP],
                               .n_vertex = (uint64_t)work[EOT_RUN_N_VERTEX],
                               .vertex_sum = (uint64_t)work[EOT_RUN_VERTEX_SUM]};
    }
    run->largest_weight = run->rare_unit * (double)eot_f32_from_bits((uint32_t)eot_sums_count(s, EOT_RUN_LARGEST, 0));
    run->n_excluded_shower = (uint64_t)eot_sums_count(s, EOT_RUN_EXCLUDED_COUNT, 0);
    double n = (double)run->n_excluded_shower, unit = run->rare_unit;
    for (size_t c = 0; c < EOT_N_RARE_CHANNEL && n > 0.0; c++) {
        double mean = eot_sums_wide(s, EOT_RUN_EXCLUDED, 2 * c) / n,
               square = eot_sums_wide(s, EOT_RUN_EXCLUDED, 2 * c + 1) / n;
        run->excluded[c].rate = unit * mean;
        run->excluded[c].error = unit * sqrt(fmax(0.0, square - mean * mean) / fmax(n - 1.0, 1.0));
        run->excluded[c].n_eff = square > 0.0 ? n * mean * mean / square : 0.0;
    }
done:
    return status;
}

void eot_lost_events_add(struct eot_lost_events *lost, uint64_t primary, uint32_t faults) {
    lost->n++;
    if (lost->n_kept == EOT_MAX_LOST_KEPT) return;
    lost->kept[lost->n_kept].primary = primary;
    lost->kept[lost->n_kept++].faults = faults;
}

void eot_lost_events_join(struct eot_lost_events *lost, const struct eot_lost_events *part) {
    struct eot_lost_events both = {.n = lost->n + part->n};
    size_t a = 0, b = 0;
    while (both.n_kept < EOT_MAX_LOST_KEPT && a + b < lost->n_kept + part->n_kept) {
        bool is_own = b == part->n_kept || (a < lost->n_kept && lost->kept[a].primary <= part->kept[b].primary);
        both.kept[both.n_kept].primary = is_own ? lost->kept[a].primary : part->kept[b].primary;
        both.kept[both.n_kept++].faults = is_own ? lost->kept[a++].faults : part->kept[b++].faults;
    }
    *lost = both;
}

void eot_run_free(struct eot_run *run) {
    eot_sums_free(&run->sums);
    free(run->block);
    free(run->row);
    eot_plane_rows_free(&run->planes);
    run->block = NULL;
    run->row = NULL;
}

enum eot_status eot_event_rows_add(struct eot_event_rows *rows, uint64_t primary, const float *value, size_t n_value,
                                   struct eot_error *err) {
    enum eot_status status = EOT_OK;
    if (rows->n == EOT_MAX_EVENT_ROW) {
        rows->n_dropped++;
        goto done;
    }
    if ((rows->n & (rows->n - 1)) == 0) {
        struct eot_event_row *grown = realloc(rows->row, (rows->n > 0 ? 2 * rows->n : 1) * sizeof *grown);
        EOT_CHECK_MEMORY(grown);
        rows->row = grown;
    }
    struct eot_event_row *row = &rows->row[rows->n++];
    *row = (struct eot_event_row){.primary = primary};
    memcpy(row->value, value, n_value * sizeof *value);
done:
    return status;
}
