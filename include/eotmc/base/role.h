/** @file role.h
 * The roles of volumes, shared by geometry and detector. */
#ifndef EOT_BASE_ROLE_H
#define EOT_BASE_ROLE_H

/** Which detector a volume is; kept by the configuration's `role`. */
enum eot_role {
    EOT_ROLE_PASSIVE = 0,
    EOT_ROLE_ECAL = 1,
    EOT_ROLE_VETO = 2,
    EOT_ROLE_HCAL = 3,
    EOT_ROLE_MAGNET = 4,
    EOT_ROLE_TRACKER = 5
};

#endif
