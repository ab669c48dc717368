/** @file secondaries.h
 * What scintillators see of a muon's electrons and photons, and of a shower's last ones: where the tables are
 * (host/world/secondaries.h makes them from a simulation of these particles, eotmc/transport/secondaries.h draws from
 * them). A lump is the energy that one collision of the muon leaves in the scintillator of a detector. */
#ifndef EOT_DETECTOR_SECONDARIES_H
#define EOT_DETECTOR_SECONDARIES_H

#include "eotmc/detector/volume.h"

/* Transfers W of a muon's collision are tabulated two an octave from 2^-13 GeV (0.12 MeV) to 2^-2 GeV. */
#define EOT_TRANSFER_BITS 0x39000000u
#define EOT_TRANSFER_SHIFT 22u
#define EOT_N_TRANSFER 23
#define EOT_LARGEST_TRANSFER 0.25f /* GeV: the last one; larger ones are sums of these */
#define EOT_N_LUMP 32              /* energies of equal probability that stand for a distribution */
#define EOT_N_SENDER 3             /* collisions: delta electron, bremsstrahlung, pair (as enum eot_muon_process) */
#define EOT_N_SHOWER_NODE 5        /* shower energies of the arrivals' numbers: 1/32, 1/8, 1/2, 2, 8 GeV */
#define EOT_N_ARRIVAL_LUMP 256     /* the same of arrivals, whose largest ones matter: few or one come at a time */
#define EOT_N_ARRIVAL_CLASS 4      /* depths of equal length whose showers' arrivals have energies of their own */

/** A calorimeter in layers, or the VETO. */
typedef struct {
    u32 soft; /* f32 table [EOT_MUON_N_LOSS_ROW][EOT_MUON_N_COLLISION]: spectrum of the lumps per cm of the layers, of
                 collisions below the muon's cuts; as eot_muon_spectrum_kind */
    u32 hard; /* f32 table [2][EOT_N_SENDER][EOT_N_TRANSFER][EOT_N_LUMP]: energy seen / W of one collision in passive,
                 in  active layers */
    f32 inverse_visible; /* 1/eot_deposit_volume.shower_visible, by which spots of showers are seen there */
    i32 is_there;        /* 0: what is lost in it is seen where it is lost */
} eot_sampling;
EOT_LAYOUT(eot_sampling, 16);

/** The VETO and the matter before it. Distances are along z before its front. */
typedef struct {
    f32 front;                                      /* cm */
    f32 x0, x1, y0, y1;                             /* cm, its box */
    f32 before_x0, before_x1, before_y0, before_y1; /* cm, that of the last dense volume before it, */
    f32 before;                                     /* and the distance of that one's rear face [cm] */
    i32 n_bin;                                      /* of distance; 0: no dense matter stands before it */
    u32 edge;                                       /* f32 table [n_bin + 1]: distances [cm] */
    u32 soft;    /* f32 table [EOT_MUON_N_LOSS_ROW][n_bin][1 + EOT_N_LUMP]: lumps of a muon that crosses the bin in
                    collisions below the muon's cuts, mean number, energies [GeV] */
    u32 hard;    /* f32 table [n_bin][EOT_N_SENDER][EOT_N_TRANSFER][EOT_N_LUMP]: energy seen / W of one collision */
    i32 n_depth; /* points of depth in the ECAL for the arrivals of showers; 0: none */
    f32 depth_z0, depth_rate; /* cm, 1/cm */
    u32 log_number; /* f32 table [2][EOT_N_SHOWER_NODE][n_depth]: ln of the number per GeV of the shower of an electron,
                       a photon that starts there */
    u32 arrival;    /* f32 table [EOT_N_ARRIVAL_CLASS][EOT_N_ARRIVAL_LUMP]: their energies [GeV] */
    f32 class_rate; /* 1/cm: depth class = (z - depth_z0) class_rate */
} eot_before_veto;
EOT_LAYOUT(eot_before_veto, 80);

/** All of it. */
typedef struct {
    eot_sampling sampling[EOT_N_HCAL + 1]; /* of the HCAL modules, and of the VETO */
    eot_before_veto veto;
    i32 shower_in_windows; /* 0: VETO and HCAL see nothing of the beam's shower */
    i32 before_role;       /* enum eot_role of the last dense volume before the VETO */
} eot_secondaries;
EOT_LAYOUT(eot_secondaries, 16 * (EOT_N_HCAL + 1) + 88);

#endif
