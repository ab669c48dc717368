#undef EOT_REAL_DOUBLE /* follows muons as the device does, in single precision */
#include "world/calibrate_muons.h"

#include "eotmc/transport/muon/advance.h"
#include "eotmc/transport/secondaries.h"
#include "world/matter.h"

#ifndef EOT_CALIBRATION_FOLLOW
#define EOT_CALIBRATION_FOLLOW eot_calibration_follow_plain
#endif

void EOT_CALIBRATION_FOLLOW(const struct eot_world *w, const struct eot_calibration_muon *muon, int n, double *signal) {
    const eot_matter_view matter = eot_world_matter(w);
    const eot_sampling sampling = w->event.secondaries.sampling[0];
    for (int i = 0; i < n; i++) {
        eot_random random = eot_random_init((u64)i, EOT_STAGE_PROBE, 1, 20261122u, 0);
        eot_u32x4 b = eot_random_block(random);
        random.draw++;
        eot_muon_origin origin = {
            {muon->x, muon->y, muon->z_front - 1e-3}, {0.0f, 0.0f, 1.0f}, muon->kinetic, 0.0f, -1};
        eot_muon m = eot_muon_start(matter, origin, b.x);
        eot_random lumps = eot_random_init((u64)i, EOT_STAGE_PROBE, 2, 20261122u, 0);
        f32 path = 0.0f, along = 0.0f;
        signal[i] = 0.0;
        while (m.fate == EOT_MUON_ALIVE && m.position.z < muon->z_rear) {
            const eot_region *r = &w->region[m.region];
            eot_muon_step s = eot_muon_advance(matter, m, random);
            random = s.random;
            m = s.muon;
            if (r->role != EOT_ROLE_HCAL || r->module != 0) continue;
            f32 shower = s.shower + s.electron;
            if (!sampling.is_there || s.process >= EOT_N_SENDER || !(s.shower > 0.0f)) {
                signal[i] += (double)(shower > 0.02f   ? muon->shower_visible * shower
                                      : s.event_active ? s.shower
                                                       : 0.0f);
            } else {
                eot_lump l = eot_lump_hard(eot_sampling_hard(matter.table, sampling, s.event_active), s.process,
                                           s.shower, lumps);
                lumps.draw = l.draw;
                signal[i] += (double)(l.energy);
            }
            if (!sampling.is_there) signal[i] += (double)s.visible;
            path += s.path;
            along += s.path * ((f32)s.muon.kinetic_energy + 0.5f * s.ionisation + s.shower + s.hadronic);
        }
        if (sampling.is_there && path > 0.0f)
            signal[i] += (double)eot_lump_soft(matter.table, sampling, path, along / path, lumps).energy;
    }
}
