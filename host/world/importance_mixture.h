/** @file importance_mixture.h
 * From the chances of the stages of the selection in each cell to one importance: a mixture of a part for each stage
 * and a natural part. */
#ifndef EOT_HOST_WORLD_IMPORTANCE_MIXTURE_H
#define EOT_HOST_WORLD_IMPORTANCE_MIXTURE_H

#include "world/importance_stages.h"

/** Cells of the uniform numbers of a vertex at each energy of its parent. */
struct eot_importance_map {
    int n_node, n_row, n_column;
    double *rate;       /* [n_node]: share of the vertices in nature, sum 1 */
    double *second;     /* [n_node][n_row][n_column][EOT_N_SELECTION_STAGE]: mean square of what a vertex adds */
    double *root;       /* as second, out: its square root */
    double *part;       /* [n_node][n_row][n_column][2], out: share of all vertices in a cell; what a step of the shares
                           needs of its squares */
    double *importance; /* [n_node][n_row][n_column], out */
    double *mean;       /* [n_node]: of the importance over the cells, out; over the nodes it is 1 */
};

void eot_importance_map_free(struct eot_importance_map *map);

/** Content of a cell [share of the vertices of its energy]. */
double eot_importance_map_content(const struct eot_importance_map *map, int i_cell);

/** The importance of each cell: natural + sum over the stages of share x sqrt(second)/(its mean). With this part alone
 * a stage's rate has the least variance that a choice of cells can give. @param natural share of the natural part,
 * above 0. @param given shares of the stages, in any unit; all 0: those with which the sum over the stages of variance
 * over least variance is smallest. @param share of each stage, out; 0 where no cell has a chance.
 * @return false where no stage has one: the importance is 1 everywhere. */
bool eot_importance_map_mix(struct eot_importance_map *map, double natural, const double given[EOT_N_SELECTION_STAGE],
                            double share[EOT_N_SELECTION_STAGE]);

/** Variance of a stage's rate, over that without importance; NAN where no cell has a chance. */
double eot_importance_map_variance(const struct eot_importance_map *map, int stage);

#endif
